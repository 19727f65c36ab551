"""Edges of histograms: round numbers, one bar a whole number where these are few, and no empty stretch for a few outliers."""

import itertools
import math

BARS = 30
MOST_WHOLE = 40
DAY = 86_400
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
FAR = 4.0  # how many times wider than the middle 98 % the range may be before its ends are cut off


TIMES = (1, 5, 15, 60, 300, 900, 3600, 6 * 3600, DAY, 7 * DAY, 30 * DAY, 91 * DAY, 182 * DAY, 365 * DAY, 3652 * DAY)


def edges(quantiles: list[float], *, kind: str) -> list[float]:
    """Edges for values with these quantiles, given at every hundredth."""
    low, high = quantiles[0], quantiles[-1]
    inner_low, inner_high = quantiles[1], quantiles[-2]
    if inner_high > inner_low and high - low > FAR * (inner_high - inner_low):
        low, high = inner_low, inner_high
    if low == high:
        return [low - 0.5, high + 0.5]
    if kind == "int" and high - low < MOST_WHOLE:
        first, last = math.floor(low), math.ceil(high)
        return [at - 0.5 for at in range(first, last + 2)]
    step = _step(kind, (high - low) / BARS)
    first = math.floor(low / step)
    # A whole number or a day that is an edge begins a bar; of other numbers the highest may end one.
    count = math.floor(high / step) - first + 1 if kind != "float" else max(1, math.ceil(high / step - first))
    made = [float(f"{(first + at) * step:.12g}") for at in range(count + 1)]
    return made if _rises(made) else [low, high]


def _step(kind: str, width: float) -> float:
    if kind in ("date", "datetime"):
        least = DAY if kind == "date" else 1
        return next((step for step in TIMES if step >= max(width, least)), width)
    step = _round_step(width)
    return max(1.0, math.ceil(step)) if kind == "int" else step


def _round_step(width: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `width`."""
    if not math.isfinite(width) or width <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(width))
    return next((step * power for step in STEPS if step * power >= width * 0.999), width) or width


def _rises(made: list[float]) -> bool:
    """Whether each edge differs from the next: numbers far from zero can be too close together for that."""
    return all(one < other for one, other in itertools.pairwise(made)) and all(map(math.isfinite, made))
