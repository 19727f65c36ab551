"""Curves in memory: putting points in order and reducing them to what a screen can show. NumPy only, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runs.tracking.metrics import codec
from runs.tracking.metrics.codec import Floats, Ints

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of one key by (step, time), the earlier arrival first."""

    step: Ints
    time_ms: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.step)

    def where(self, mask: NDArray[Any] | slice) -> "Curve":
        return Curve(self.step[mask], self.time_ms[mask], self.value[mask])


@dataclass(frozen=True, slots=True)
class Buckets:
    """A curve cut into stretches of equal width; each column has one entry per stretch that holds a point.

    `step`, `time_ms` and `last` are those of the stretch's last point, which the line is drawn through. `min` and `max`
    are over the finite values and not a number where there is none. `nan`, `above` and `below` count what is not a
    number, +Inf and -Inf.
    """

    step: Ints
    time_ms: Ints
    last: Floats
    min: Floats
    max: Floats
    count: Ints
    nan: Ints
    above: Ints
    below: Ints

    def __len__(self) -> int:
        return len(self.step)

    @property
    def points(self) -> int:
        return int(self.count.sum())

    def where(self, mask: NDArray[Any] | slice) -> "Buckets":
        return Buckets(*(getattr(self, field.name)[mask] for field in fields(self)))


def curves_of_batches(packs: Iterable[codec.Pack]) -> list[tuple[int, Curve]]:
    """The points of some batches, in the order of their arrival, as one curve per key."""
    columns = [codec.unpack(pack) for pack in packs]
    if not columns:
        return []
    key, step, time_ms, value = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = np.flatnonzero(np.diff(key, prepend=key[0] - 1))
    found = []
    for start, end in zip(starts, [*starts[1:], len(key)], strict=True):
        own = order[start:end]
        found.append((int(key[start]), in_order([Curve(step[own], time_ms[own], value[own])])))
    return found


def in_order(curves: Sequence[Curve]) -> Curve:
    """Several curves of one key, the older first, as one in order of (step, time)."""
    if len(curves) == 1:
        step, time_ms, value = curves[0].step, curves[0].time_ms, curves[0].value
    else:
        step = np.concatenate([curve.step for curve in curves])
        time_ms = np.concatenate([curve.time_ms for curve in curves])
        value = np.concatenate([curve.value for curve in curves])
    if (step[1:] > step[:-1]).all():
        return Curve(step, time_ms, value)
    order = np.lexsort((time_ms, step))
    return Curve(step[order], time_ms[order], value[order])


def nothing() -> Curve:
    """A curve without points."""
    return Curve(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))


def between(x: Ints, low: int | None, high: int | None) -> slice:
    """Where `x`, which does not descend, is within the range, both ends included."""
    start = 0 if low is None else int(np.searchsorted(x, low, side="left"))
    end = len(x) if high is None else int(np.searchsorted(x, high, side="right"))
    return slice(start, end)


def without_rewinds(curve: Curve) -> Curve:
    """Of several points at one step the one that was written last: what a chart shows after a resume."""
    if len(curve) < 2:
        return curve
    is_last = np.append(curve.step[1:] != curve.step[:-1], True)
    return curve if is_last.all() else curve.where(is_last)


def by_time(curve: Curve) -> Curve:
    """The same points in order of their time."""
    if (curve.time_ms[1:] >= curve.time_ms[:-1]).all():
        return curve
    return curve.where(np.argsort(curve.time_ms, kind="stable"))


def reduced(curve: Curve, x: Ints, buckets: int) -> Buckets:
    """The curve as at most `buckets` stretches of equal width on `x`, which must not descend."""
    return each_point(curve) if len(curve) <= buckets else _stretches(curve, _starts(x, buckets))


def outlined(curve: Curve, points: int) -> Buckets:
    """The curve as stretches of so many points each."""
    if not len(curve):
        return each_point(curve)
    return _stretches(curve, np.arange(0, len(curve), points))


def joined(parts: Sequence[Buckets]) -> Buckets:
    """Stretches that follow one another, as one."""
    return Buckets(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Buckets)))


def regrouped(fine: Buckets, x: Ints, buckets: int) -> Buckets:
    """Fine stretches put together to at most `buckets` of about equal width on `x`, which must not descend.

    A fine one goes whole to where its end lies, so a border moves by at most its width; no point is lost or invented.
    """
    if len(fine) <= buckets:
        return fine
    starts = _starts(x, buckets)
    ends = np.append(starts[1:], len(x)) - 1
    count, nan, above, below = (
        np.add.reduceat(part, starts) for part in (fine.count, fine.nan, fine.above, fine.below)
    )
    low, high = np.fmin.reduceat(fine.min, starts), np.fmax.reduceat(fine.max, starts)
    return Buckets(fine.step[ends], fine.time_ms[ends], fine.last[ends], low, high, count, nan, above, below)


def _stretches(curve: Curve, starts: Places) -> Buckets:
    ends = np.append(starts[1:], len(curve)) - 1
    value = curve.value
    low, high, nan, above, below = _extremes(value, starts)
    return Buckets(curve.step[ends], curve.time_ms[ends], value[ends], low, high, ends - starts + 1, nan, above, below)


def each_point(curve: Curve) -> Buckets:
    """Every point as a stretch of its own."""
    value = curve.value
    own = np.where(np.isfinite(value), value, np.nan)
    one = np.ones(len(curve), np.int64)
    nan, above, below = (mask.astype(np.int64) for mask in (np.isnan(value), value == np.inf, value == -np.inf))
    return Buckets(curve.step, curve.time_ms, value, own, own, one, nan, above, below)


def _starts(x: Ints, buckets: int) -> Places:
    """Where each stretch that holds a point begins. Python's integers: a width may exceed int64."""
    low, high = int(x[0]), int(x[-1])
    width = high - low + 1
    edges = np.array([low + width * number // buckets for number in range(buckets)], np.int64)
    starts = np.unique(np.searchsorted(x, edges, side="left"))
    return starts[starts < len(x)]


def _extremes(value: Floats, starts: Places) -> tuple[Floats, Floats, Ints, Ints, Ints]:
    """Per stretch the finite minimum and maximum, and the numbers of NaN, +Inf and -Inf."""
    finite = np.isfinite(value)
    if finite.all():
        none = np.zeros(len(starts), np.int64)
        return np.minimum.reduceat(value, starts), np.maximum.reduceat(value, starts), none, none, none
    low = np.minimum.reduceat(np.where(finite, value, np.inf), starts)
    high = np.maximum.reduceat(np.where(finite, value, -np.inf), starts)
    low[low == np.inf] = np.nan
    high[high == -np.inf] = np.nan
    masks = (np.isnan(value), value == np.inf, value == -np.inf)
    nan, above, below = (np.add.reduceat(mask.astype(np.int64), starts) for mask in masks)
    return low, high, nan, above, below
