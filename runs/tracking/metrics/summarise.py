"""What one batch says about each of its metrics, with NumPy: the row that is merged into the stored summary."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runs.tracking.metrics.codec import Floats, Ints

Places = NDArray[np.intp]


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
    """One Digest per metric, by ascending key: the order in which all writers touch the rows.

    All metrics are reduced at once: a batch of a thousand points often holds a hundred of them.
    """
    if not len(key):
        return
    order = np.argsort(key, kind="stable")  # stable: arrival order within a metric
    key, step, time_ms, value = key[order], step[order], time_ms[order], value[order]
    starts = np.flatnonzero(np.diff(key, prepend=key[0] - 1))
    ends = np.append(starts[1:], len(key)) - 1
    rewinds = np.append(False, step[1:] <= step[:-1])
    rewinds[starts] = False
    rewound = np.add.reduceat(rewinds, starts, dtype=np.int64)
    if rewound.any():
        # By step and time within each metric, the earlier arrival first.
        order = np.lexsort((time_ms, step, key))
        step, time_ms, value = step[order], time_ms[order], value[order]
    columns = (
        key[starts],
        ends - starts + 1,
        value[starts], step[starts], time_ms[starts],
        value[ends], step[ends], time_ms[ends],
        *_extremes(step, value, starts),
        rewound,
    )  # fmt: skip
    for row in zip(*(column.tolist() for column in columns), strict=True):
        yield _digest(*row)


def digest_of_point(key_id: int, step: int, time_ms: int, value: float) -> Digest:
    """What `digests` says of a batch of one point; without NumPy."""
    is_finite, is_nan = math.isfinite(value), math.isnan(value)
    shown = None if is_nan else value
    extreme, extreme_step = (value, step) if is_finite else (None, None)
    return Digest(
        key_id, 1, shown, step, time_ms, shown, step, time_ms, extreme, extreme_step, extreme, extreme_step,
        value if is_finite else 0.0, int(is_finite), int(is_nan), int(not is_finite and not is_nan), 0,
    )  # fmt: skip


def _extremes(step: Ints, value: Floats, starts: Places) -> tuple[NDArray[Any], ...]:
    """Per metric: finite minimum and its lowest step, maximum and its, sum and number of the finite, NaN, infinite."""
    finite = np.isfinite(value)
    group = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(value)))
    low = np.minimum.reduceat(np.where(finite, value, np.inf), starts)
    high = np.maximum.reduceat(np.where(finite, value, -np.inf), starts)
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.nan_to_num(np.add.reduceat(np.where(finite, value, 0.0), starts))
    finite_count = np.add.reduceat(finite, starts, dtype=np.int64)
    nan_count = np.add.reduceat(np.isnan(value), starts, dtype=np.int64)
    inf_count = np.diff(starts, append=len(value)) - finite_count - nan_count
    low_step, high_step = (_step_of(step, value == extreme[group], starts) for extreme in (low, high))
    return low, low_step, high, high_step, total, finite_count, nan_count, inf_count


def _step_of(step: Ints, is_extreme: NDArray[np.bool_], starts: Places) -> Ints:
    """The lowest step at which a metric has its extreme."""
    return np.minimum.reduceat(np.where(is_extreme, step, np.iinfo(np.int64).max), starts)


def _digest(
    key_id: int, count: int, first: float, first_step: int, first_time_ms: int, last: float, last_step: int,
    last_time_ms: int, low: float, low_step: int, high: float, high_step: int, total: float, finite_count: int,
    nan_count: int, inf_count: int, rewinds: int,
) -> Digest:  # fmt: skip
    if not finite_count:
        low = low_step = high = high_step = None  # type: ignore[assignment]
    return Digest(
        key_id, count, _storable(first), first_step, first_time_ms, _storable(last), last_step, last_time_ms,
        low, low_step, high, high_step, total, finite_count, nan_count, inf_count, rewinds,
    )  # fmt: skip


def _storable(value: float) -> float | None:
    return None if math.isnan(value) else value
