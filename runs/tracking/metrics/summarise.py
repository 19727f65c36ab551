"""What one batch says about each of its metrics, with NumPy: the row that is merged into the stored summary."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runs.tracking.metrics.codec import Floats, Ints


@dataclass(frozen=True, slots=True)
class Digest:
    """One metric's part of a batch. None for a value stands for not a number, for an extreme that there is none."""

    key_id: int
    count: int
    first: float | None
    first_step: int
    first_time_ms: int
    last: float | None
    last_step: int
    last_time_ms: int
    min: float | None
    min_step: int | None
    max: float | None
    max_step: int | None
    total: float
    finite_count: int
    nan_count: int
    inf_count: int
    rewinds: int


def digests(key: Ints, step: Ints, time_ms: Ints, value: Floats) -> Iterator[Digest]:
    """One Digest per metric, by ascending key: the order in which all writers touch the rows."""
    if not len(key):
        return
    order = np.argsort(key, kind="stable")  # stable: arrival order within a metric
    key, step, time_ms, value = key[order], step[order], time_ms[order], value[order]
    starts = np.flatnonzero(np.diff(key, prepend=key[0] - 1))
    for start, end in zip(starts, [*starts[1:], len(key)], strict=True):
        yield _digest(int(key[start]), step[start:end], time_ms[start:end], value[start:end])


def _digest(key_id: int, step: Ints, time_ms: Ints, value: Floats) -> Digest:
    first, last, rewinds = _ends(step, time_ms)
    low, high, total, finite_count = _extremes(step, value)
    nan_count = int(np.isnan(value).sum()) if finite_count < len(value) else 0
    return Digest(
        key_id=key_id,
        count=len(value),
        first=_storable(value[first]),
        first_step=int(step[first]),
        first_time_ms=int(time_ms[first]),
        last=_storable(value[last]),
        last_step=int(step[last]),
        last_time_ms=int(time_ms[last]),
        min=None if low is None else float(value[low]),
        min_step=None if low is None else int(step[low]),
        max=None if high is None else float(value[high]),
        max_step=None if high is None else int(step[high]),
        total=total,
        finite_count=finite_count,
        nan_count=nan_count,
        inf_count=len(value) - finite_count - nan_count,
        rewinds=rewinds,
    )


def _ends(step: Ints, time_ms: Ints) -> tuple[int, int, int]:
    """Where the first and the last point are by (step, time, arrival), and how often a step was not greater."""
    rewinds = int((step[1:] <= step[:-1]).sum())
    if not rewinds:
        return 0, len(step) - 1, 0
    order = np.lexsort((time_ms, step))
    return int(order[0]), int(order[-1]), rewinds


def _extremes(step: Ints, value: Floats) -> tuple[int | None, int | None, float, int]:
    """Where the least and the greatest finite value are (at the lowest step), their sum and their number."""
    finite = np.isfinite(value)
    count = int(finite.sum())
    if not count:
        return None, None, 0.0, 0
    places = np.flatnonzero(finite)
    values = value[places]
    with np.errstate(over="ignore", invalid="ignore"):
        total = float(np.nan_to_num(values.sum()))  # an overflow stays at the end of the range
    return _lowest(places[values == values.min()], step), _lowest(places[values == values.max()], step), total, count


def _lowest(places: NDArray[np.intp], step: Ints) -> int:
    return int(places[np.argmin(step[places])])


def _storable(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)
