"""A group of curves as one line with a band around it: the middle and the spread at each place of a common axis."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runs.tracking.charts import alignment
from runs.tracking.metrics.codec import Floats

CENTRES = ("mean", "median")
SPREADS = ("std", "sem", "ci95", "minmax", "none")
# Student's t for 95 %, two-sided, by degrees of freedom from 1 to 30; beyond, its expansion at infinity.
_T95 = np.array([
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604, 2.1448,
    2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484,
    2.0452, 2.0423,
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Band:
    """`n` is how many of the group's curves have a value at each place."""

    x: Floats
    middle: Floats
    low: Floats
    high: Floats
    n: Floats


def band(curves: Sequence[tuple[Floats, Floats]], *, centre: str, spread: str, most: int) -> Band:
    """The band of curves given as (x, y).

    They are compared where they have points, each straight between its own; none is carried on past its ends. With one
    value there is no spread: the band is as thin as the line there.
    """
    x = alignment.grid([one for one, _ in curves], most)
    table = np.array([alignment.interpolated(x, *curve) for curve in curves]).reshape(len(curves), len(x))
    n = np.isfinite(table).sum(axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a place where no curve has a value is not a number
        middle = np.nanmedian(table, axis=0) if centre == "median" else np.nanmean(table, axis=0)
        low, high = _edges(table, middle, n, spread)
    return Band(x, middle, low, high, n.astype(np.float64))


def _edges(table: Floats, middle: Floats, n: Floats, spread: str) -> tuple[Floats, Floats]:
    if spread == "minmax":
        return np.nanmin(table, axis=0), np.nanmax(table, axis=0)
    if spread == "none":
        return middle, middle
    half = np.where(n > 1, np.nanstd(table, axis=0, ddof=1), 0.0)
    if spread in ("sem", "ci95"):
        half = half / np.sqrt(np.maximum(n, 1))
    if spread == "ci95":
        half = half * student95(n - 1)
    return middle - half, middle + half


def student95(freedom: Floats) -> Floats:
    """The factor of a 95 % confidence interval of a mean for so many degrees of freedom."""
    freedom = np.maximum(np.asarray(freedom), 1)
    z = 1.959964
    far = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom.astype(float) ** 2)
    return np.where(freedom <= len(_T95), _T95[np.minimum(freedom, len(_T95)).astype(int) - 1], far)
