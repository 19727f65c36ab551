"""Shares that hold at once: a sequence instead of chance.

The fractions of multiples of an irrational number fill [0, 1) as evenly as any sequence can, so after n requests a
deployment's count differs from its share by a few requests, not by the square root of n; and no rhythm of a caller falls
in with it, as it would with taking turns.
"""

from collections.abc import Sequence

GOLDEN = 0.6180339887498949
SILVER = 0.41421356237309503  # for mirroring: independent of the first


class Evenly:
    """Numbers from 0 to 1, evenly spread."""

    __slots__ = ("last", "step")

    def __init__(self, step: float = GOLDEN, start: float = 0.5) -> None:
        self.step = step
        self.last = start

    def next(self) -> float:
        self.last = value = (self.last + self.step) % 1.0
        return value


def bounds(weights: Sequence[int]) -> list[float]:
    """Where each share ends within [0, 1]."""
    total = sum(weights)
    ends, so_far = [], 0
    for weight in weights:
        so_far += weight
        ends.append(so_far / total)
    return ends
