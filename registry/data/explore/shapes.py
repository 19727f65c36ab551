"""The shapes of one column in two profiles, as shares of the same bins, to be drawn over each other."""

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from registry.data.explore import drift
from registry.data.explore.drift import Column

BINS = 24
WIDE, HIGH = 100.0, 40.0  # of the box a small histogram is drawn in


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a small histogram, in the units of its box."""

    x: str
    y: str
    width: str
    height: str
    title: str


def shapes(old: Column, new: Column) -> tuple[list[str], list[float], list[float]]:
    """What each bin is called, and its share before and now."""
    is_listed = bool(old.get("is_complete") and new.get("is_complete"))
    if old.get("quantiles") and new.get("quantiles") and not is_listed:
        return _curve(old, new)
    return _listed(old, new)


def overlaid(titles: Sequence[str], before: Sequence[float], now: Sequence[float]) -> tuple[list[Bar], list[Bar]]:
    """The shares of the same bins, to be drawn over each other."""
    highest = max([*before, *now], default=0)
    words = [
        f"{title}: {drift.percent(one)} before, {drift.percent(other)} now"
        for title, one, other in zip(titles, before, now, strict=True)
    ]
    return bars(before, words, highest), bars(now, words, highest)


def bars(counts: Sequence[float], titles: Sequence[str], highest: float, gap: float = 0.12) -> list[Bar]:
    """Bars of these heights, side by side."""
    if not highest:
        return []
    step = min(WIDE / len(counts), WIDE / 4)
    made = []
    for at, (count, title) in enumerate(zip(counts, titles, strict=True)):
        height = max(HIGH * count / highest, 0.8) if count else 0.0
        made.append(Bar(f"{at * step:.2f}", f"{HIGH - height:.2f}", f"{step * (1 - gap):.2f}", f"{height:.2f}", title))
    return made


def edge(column: Column, value: float) -> str:
    """A bound of a bin in words."""
    if column["type"] not in ("date", "datetime"):
        return drift.number(value)
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=max(-6e10, min(value, 2.5e11)))
    return moment.strftime("%Y-%m-%d" if column["type"] == "date" else "%Y-%m-%d %H:%M")


def _curve(old: Column, new: Column) -> tuple[list[str], list[float], list[float]]:
    low = min(old["quantiles"][1], new["quantiles"][1])
    high = max(old["quantiles"][-2], new["quantiles"][-2])
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = [low + (high - low) * at / BINS for at in range(BINS + 1)]
    shares = [[drift.at_or_below(column["quantiles"], edge) for edge in edges] for column in (old, new)]
    before, now = ([max(0.0, after - one) for one, after in itertools.pairwise(each)] for each in shares)
    titles = [f"{edge(new, one)} to {edge(new, other)}" for one, other in itertools.pairwise(edges)]
    return titles, before, now


def _listed(old: Column, new: Column) -> tuple[list[str], list[float], list[float]]:
    counts = [{one["value"]: one["count"] / column["count"] for one in column.get("top", [])} for column in (old, new)]
    values = sorted({**counts[0], **counts[1]}, key=lambda value: -max(each.get(value, 0) for each in counts))[:BINS]
    if new["type"] in ("int", "float"):
        values.sort(key=float)
    return values, [counts[0].get(value, 0.0) for value in values], [counts[1].get(value, 0.0) for value in values]
