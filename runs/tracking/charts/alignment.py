"""Putting curves side by side: one axis for several, and one metric's value where another was logged. NumPy only."""

from collections.abc import Sequence

import numpy as np

from runs.tracking.metrics.codec import Floats

MOST_PLACES = 1_000


def grid(axes: Sequence[Floats], most: int = MOST_PLACES) -> Floats:
    """The places at which curves with these x are compared: all of theirs where few, else `most` of equal distance."""
    axes = [axis for axis in axes if len(axis)]
    if not axes:
        return np.empty(0)
    first = axes[0]
    if len(first) <= most and all(np.array_equal(first, axis) for axis in axes[1:]):
        return np.unique(first)
    places = np.unique(np.concatenate(axes))
    if len(places) <= most:
        return places
    return np.linspace(places[0], places[-1], most)


def interpolated(at: Floats, x: Floats, y: Floats) -> Floats:
    """The curve at these places, straight between its finite points; not a number before its first and after its last."""
    is_good = np.isfinite(x) & np.isfinite(y)
    x, y = x[is_good], y[is_good]
    if not len(x):
        return np.full(len(at), np.nan)
    if (x[1:] < x[:-1]).any():
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
    return np.interp(at, x, y, left=np.nan, right=np.nan)


def held(at: Floats, x: Floats, y: Floats) -> Floats:
    """The value that was the latest at each of these places; not a number before the first. `x` does not descend."""
    if not len(x):
        return np.full(len(at), np.nan)
    places = np.searchsorted(x, at, side="right") - 1
    found = y[np.maximum(places, 0)].astype(np.float64)
    found[places < 0] = np.nan
    return found
