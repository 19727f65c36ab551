"""Reading metrics: summaries for tables, exact points by range, buckets for charts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runs.tracking.metrics import curves, keys, reading, reducing
from runs.tracking.metrics.curves import Buckets, Curve
from runs.tracking.metrics.models import MetricKey, MetricSummary
from runs.tracking.metrics.reducing import STEP, TIME, Axis
from runs.tracking.models import Experiment, Run
from studio.access.models import Workspace
from studio.errors import Invalid

RELATIVE = "relative"
_SUMMARY_FIELDS = (
    "run_id", "key__name", "count", "first", "last", "min", "max", "total", "finite_count", "first_step",
    "last_step", "last_time_ms", "nan_count", "inf_count", "rewinds", "key__goal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """One metric of one run. `first` and `last` may be NaN or infinite; `min`, `max` and `mean` are over finite values.

    `best` is the minimum or the maximum, where the metric has a goal.
    """

    key: str
    count: int
    first: float
    last: float
    min: float | None
    max: float | None
    mean: float | None
    first_step: int
    last_step: int
    last_time_ms: int
    nan_count: int
    inf_count: int
    rewinds: int
    goal: str

    @property
    def best(self) -> float | None:
        return {MetricKey.Goal.MIN: self.min, MetricKey.Goal.MAX: self.max}.get(MetricKey.Goal(self.goal))


@dataclass(frozen=True, slots=True)
class PointPage:
    """Exact points by (step, time); `next_cursor` is empty at the end."""

    key: str
    curve: Curve
    next_cursor: str


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one run, ready to draw. `points` is how many points the buckets stand for."""

    run_id: str
    key: str
    buckets: Buckets
    points: int
    origin_ms: int  # what a relative time counts from; 0 on the other axes

    @property
    def is_sampled(self) -> bool:
        return self.points > len(self.buckets.count)


def summaries(run: Run) -> list[Summary]:
    """The run's metrics by name."""
    return list(summaries_of([run.pk]).get(run.pk, {}).values())


def summaries_of(run_ids: Sequence[str], names: Sequence[str] | None = None) -> dict[str, dict[str, Summary]]:
    """The metrics of many runs by run and name, in one query; only those named when `names` is given."""
    rows = MetricSummary.objects.filter(run_id__in=run_ids)
    if names is not None:
        rows = rows.filter(key__name__in=names)
    found: dict[str, dict[str, Summary]] = {}
    for row in rows.order_by("key__name").values_list(*_SUMMARY_FIELDS):
        found.setdefault(row[0], {})[row[1]] = _summary(*row[1:])
    return found


def keys_in(workspace: Workspace, experiment: Experiment | None = None) -> list[str]:
    """The names of the metrics in a workspace, or in one experiment of it."""
    rows = MetricKey.objects.filter(workspace=workspace)
    if experiment is not None:
        used = MetricSummary.objects.filter(run__experiment=experiment, run__deleted_at=None)
        rows = rows.filter(pk__in=used.values("key"))
    return list(rows.order_by("name").values_list("name", flat=True))


def points(
    run: Run, key: str, *, minimum: int | None = None, maximum: int | None = None, limit: int = 1_000, cursor: str = ""
) -> PointPage:
    """The points of one metric whose step is within the range, every one exactly as it was logged."""
    key_id = keys.known_ids(run.workspace_id, [key]).get(key)
    low, skip = _place(cursor, minimum)
    if key_id is None:
        return PointPage(key, curves.nothing(), "")
    wanted = skip + limit + 1  # one more tells whether there is a next page
    high = reading.step_of_point(run.pk, key_id, low, maximum, wanted)
    curve = reading.load([run.pk], [key_id], low, high).get((run.pk, key_id), curves.nothing())
    page = curve.where(slice(skip, skip + limit))
    return PointPage(key, page, _next_place(curve, skip + limit))


def buckets(
    runs: Run | Sequence[Run],
    names: Sequence[str],
    *,
    buckets: int = 1_000,
    x: str = STEP,
    minimum: int | None = None,
    maximum: int | None = None,
) -> list[Series]:
    """Metrics of one or several runs, each reduced to at most `buckets` stretches of equal width.

    `x` is the axis the stretches are equal on: step, time (ms), or relative (ms since the run started); `minimum` and
    `maximum` are on the same axis. Of several points at one step the one written last is shown.
    """
    several = [runs] if isinstance(runs, Run) else list(runs)
    if not several or not names:
        return []
    ids = keys.known_ids(several[0].workspace_id, names)
    places = {(run.pk, ids[name]): name for run in several for name in names if name in ids}
    if not places:
        return []
    origins = {run.pk: _start_ms(run) if x == RELATIVE else 0 for run in several}
    axes = {run.pk: _axis(x, buckets, minimum, maximum, origins[run.pk]) for run in several}
    found = reducing.reduced(list(places), axes)
    return [
        Series(place[0], name, found[place], found[place].points, origins[place[0]])
        for place, name in places.items()
        if place in found
    ]


def _axis(x: str, buckets: int, minimum: int | None, maximum: int | None, origin: int) -> Axis:
    low, high = (None if end is None else end + origin for end in (minimum, maximum))
    return Axis(STEP if x == STEP else TIME, buckets, low, high)


def _start_ms(run: Run) -> int:
    return int((run.started_at or run.created_at).timestamp() * 1000)


def _summary(
    key: str, count: int, first: float | None, last: float | None, low: float | None, high: float | None, total: float,
    finite_count: int, *rest: Any,
) -> Summary:  # fmt: skip
    first, last = (math.nan if end is None else end for end in (first, last))
    mean = total / finite_count if finite_count else None
    return Summary(key, count, first, last, low, high, mean, *rest)


def _place(cursor: str, minimum: int | None) -> tuple[int | None, int]:
    """The step a page starts at, and how many points of that step were on the pages before."""
    if not cursor:
        return minimum, 0
    step, _, skip = cursor.partition("+")
    try:
        return int(step), int(skip)
    except ValueError:
        raise Invalid("bad_cursor", "This cursor is not one this list gave out.") from None


def _next_place(curve: Curve, at: int) -> str:
    if at >= len(curve):
        return ""
    step = curve.step[at]
    return f"{step}+{at - int(np.searchsorted(curve.step, step))}"
