"""Whether two conditions on traces tend to hold together."""

import math
from dataclasses import dataclass, replace

from runs.traces import search
from studio.access.models import Workspace

# Half a trace in each cell of the table: few traces then say little (Jeffreys' prior).
PRIOR = 0.5


@dataclass(frozen=True, slots=True)
class Correlation:
    """How many traces each condition finds, and their normalised pointwise mutual information, from -1 to 1.

    It is NaN where a condition finds nothing; `smoothed` is the same with `PRIOR` added to each cell.
    """

    total: int
    first: int
    second: int
    both: int
    value: float
    smoothed: float


def of(workspace: Workspace, query: search.Query, first: str, second: str) -> Correlation:
    """The two conditions among the traces of `query`. Raises SearchError for a condition that can't be read."""
    rows = search.queryset(workspace, query)
    ones, others = (search.queryset(workspace, replace(query, filter=text)) for text in (first, second))
    total = rows.count()
    count = rows.filter(pk__in=ones.values("pk")).count()
    other = rows.filter(pk__in=others.values("pk")).count()
    both = rows.filter(pk__in=ones.values("pk")).filter(pk__in=others.values("pk")).count()
    if not count or not other:
        return Correlation(total, count, other, both, math.nan, math.nan)
    plain, smoothed = (information(both, count, other, total, prior) for prior in (0.0, PRIOR))
    return Correlation(total, count, other, both, plain, smoothed)


def information(both: float, first: float, second: float, total: float, prior: float = 0.0) -> float:
    """Pointwise mutual information, normalised: 1 always together, 0 independent, -1 never together."""
    both, first, second, total = both + prior, first + 2 * prior, second + 2 * prior, total + 4 * prior
    if not both:
        return -1.0
    if both == total:
        return 1.0
    return max(-1.0, min(1.0, math.log(both * total / (first * second)) / -math.log(both / total)))
