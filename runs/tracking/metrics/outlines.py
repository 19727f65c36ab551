"""A chunk in coarse: stretches of 64 points, a thirtieth of its size. A chart of a million points needs no more."""

import numpy as np

from runs.tracking.metrics import codec, curves
from runs.tracking.metrics.curves import Buckets, Curve

POINTS = 64  # a curve of 1,000,000 points in 1,000 buckets then has 15 stretches a bucket


def outline(curve: Curve) -> bytes:
    """The outline of a curve as bytes; empty where steps repeat: which point is shown then must be looked up."""
    if (curve.step[1:] <= curve.step[:-1]).any():
        return b""
    fine = curves.outlined(curve, POINTS)
    return codec.pack(
        fine.step,
        fine.time_ms,
        np.concatenate([fine.last, fine.min, fine.max]),
        np.concatenate([fine.nan, fine.above, fine.below]),
    )


def read(data: codec.Pack, points: int) -> Buckets:
    """The stretches of an outline of a chunk with so many points."""
    step, time_ms, values, odd = codec.unpack(data)
    last, low, high = values.reshape(3, -1)
    nan, above, below = odd.reshape(3, -1)
    count = np.full(len(step), POINTS, np.int64)
    count[-1] = points - POINTS * (len(step) - 1)
    return Buckets(step, time_ms, last, low, high, count, nan, above, below)
