"""Durations as counts: buckets that grow by 5 %, so that any quantile is right within 5 % and minutes can be added up.

Standard library only: the gateway counts with it, the pages read with it.
"""

import math
from collections.abc import Iterable, Mapping

GROWTH = 1.05
SHORTEST = 0.01  # ms
_STEP = math.log(GROWTH)


def bucket(ms: float) -> int:
    """The number of the bucket: floor(log(ms) / log(1.05)); what is faster than 10 µs counts as that."""
    return math.floor(math.log(max(SHORTEST, ms)) / _STEP)


def middle(number: int) -> float:
    """The duration in ms that stands for a bucket."""
    return math.exp((number + 0.5) * _STEP)


def added(many: Iterable[Mapping[int, int] | Mapping[str, int]]) -> dict[int, int]:
    """Several stored histograms as one."""
    total: dict[int, int] = {}
    for durations in many:
        for number, count in durations.items():
            total[int(number)] = total.get(int(number), 0) + count
    return total


def quantile(durations: Mapping[int, int], share: float) -> float | None:
    """The duration in ms below which `share` (0 to 1) of the requests stayed; None without any."""
    total = sum(durations.values())
    if total == 0:
        return None
    wanted = max(1, math.ceil(share * total))
    for number in sorted(durations):
        wanted -= durations[number]
        if wanted <= 0:
            return middle(number)
    return None
