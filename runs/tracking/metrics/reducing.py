"""Curves as buckets, by the cheaper of two ways.

A short curve is read whole. Of a long one the outlines are read, and points only where a chunk lies across the border
of the range that was asked for: a million points cost a thirtieth of their bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from runs.tracking.metrics import codec, curves, outlines, reading
from runs.tracking.metrics.curves import Buckets, Curve
from runs.tracking.metrics.reading import Head, Place
from studio.errors import Unavailable

STEP, TIME = "step", "time"
# Stretches of an outline a bucket must have, so that moving its border by one of them shows on no screen.
STRETCHES_A_BUCKET = 4
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Axis:
    """What the stretches are equal on (step or time), how many there are at most, and the range, ends included.

    `enough` is the number of an outline's stretches a reader is content with; 0: enough to put buckets together of.
    """

    name: str
    buckets: int
    low: int | None = None
    high: int | None = None
    enough: int = 0

    @property
    def wants(self) -> int:
        return self.enough or self.buckets * STRETCHES_A_BUCKET

    def values(self, part: Curve | Buckets) -> codec.Ints:
        return part.step if self.name == STEP else part.time_ms

    def ends(self, head: Head) -> tuple[int, int]:
        return (head.step_min, head.step_max) if self.name == STEP else (head.time_min_ms, head.time_max_ms)

    def touches(self, head: Head) -> bool:
        first, last = self.ends(head)
        return (self.low is None or last >= self.low) and (self.high is None or first <= self.high)

    def holds(self, head: Head) -> bool:
        first, last = self.ends(head)
        return (self.low is None or first >= self.low) and (self.high is None or last <= self.high)

    def cut(self, curve: Curve) -> Curve:
        """The points within the range; `curve` is in order of the axis."""
        return curve.where(curves.between(self.values(curve), self.low, self.high))


def reduced(places: Sequence[Place], axes: Mapping[str, Axis]) -> dict[Place, Buckets]:
    """The curves of some keys of some runs on the axis of each run; those without a point in the range are left out."""
    run_ids, key_ids = (list(dict.fromkeys(part)) for part in zip(*places, strict=True))
    for _ in range(_ATTEMPTS):
        heads, pending = reading.heads(run_ids, key_ids)
        plans = {
            place: _plan(heads.get(place, []), pending.get(place), axes[place[0]])
            for place in places
            if place in heads or place in pending
        }
        try:
            points = reading.curves_of([chunk_id for plan in plans.values() for chunk_id in plan.unpacked])
        except reading.Moved:
            continue
        found = {place: plan.buckets(points) for place, plan in plans.items()}
        return {place: one for place, one in found.items() if len(one)}
    raise Unavailable("curve_busy", "The curve is being packed right now.", hint="Try again.", retry_after=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """The chunks of a curve that touch the range, the points that are in none, and the chunks to unpack."""

    axis: Axis
    heads: Sequence[Head]
    pending: Curve | None
    is_outlined: bool
    unpacked: Sequence[int]

    def buckets(self, points: Mapping[int, Curve]) -> Buckets:
        return self._from_outlines(points) if self.is_outlined else self._from_points(points)

    def _from_points(self, points: Mapping[int, Curve]) -> Buckets:
        parts = [points[head.id] for head in self.heads]
        if self.pending is not None:
            parts.append(self.pending)
        if not parts:
            return curves.each_point(curves.nothing())
        curve = curves.without_rewinds(curves.in_order(parts))
        curve = self.axis.cut(curve if self.axis.name == STEP else curves.by_time(curve))
        return curves.reduced(curve, self.axis.values(curve), self.axis.buckets)

    def _from_outlines(self, points: Mapping[int, Curve]) -> Buckets:
        parts = [
            outlines.read(head.outline, head.count) if head.id not in points else self._fine(points[head.id])
            for head in sorted(self.heads, key=lambda head: head.step_min)
        ]
        if self.pending is not None:
            parts.append(self._fine(self.pending))
        whole = curves.joined(parts)
        x = self.axis.values(whole)
        if (x[1:] < x[:-1]).any():  # a clock that went back
            whole = whole.where(np.argsort(x, kind="stable"))
            x = self.axis.values(whole)
        return curves.regrouped(whole, x, self.axis.buckets)

    def _fine(self, curve: Curve) -> Buckets:
        curve = curves.without_rewinds(curve)
        curve = self.axis.cut(curve if self.axis.name == STEP else curves.by_time(curve))
        return curves.outlined(curve, outlines.POINTS)


def _plan(heads: Sequence[Head], pending: Curve | None, axis: Axis) -> Plan:
    if axis.name == STEP or _are_apart(heads, pending):
        # Where steps repeat from chunk to chunk, the later point must be known to leave the earlier out.
        heads = [head for head in heads if axis.touches(head)]
    enough = sum(head.count for head in heads) >= axis.wants * outlines.POINTS
    if not enough or not _are_apart(heads, pending):
        return Plan(axis, heads, pending, False, [head.id for head in heads])
    across = [head.id for head in heads if not head.outline or not axis.holds(head)]
    return Plan(axis, heads, pending, True, across)


def _are_apart(heads: Sequence[Head], pending: Curve | None) -> bool:
    """Whether the steps of chunks and pending points don't overlap, the pending ones coming last."""
    in_order = sorted(heads, key=lambda head: head.step_min)
    if any(one.step_max >= other.step_min for one, other in pairwise(in_order)):
        return False
    return pending is None or not in_order or int(pending.step[0]) > in_order[-1].step_max
