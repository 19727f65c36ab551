"""How the profile of one version differs from another's: a figure and a sentence for each column, the worst first.

PSI (population stability index) and Jensen-Shannon distance compare shares: of the baseline's deciles for numbers and
dates, of values for the rest. KS is the largest distance between the two cumulative curves. All come from the profiles
alone: curves are kept at every hundredth, so they are good to about 0.01.
"""

import bisect
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from registry.data.explore.models import DataProfile

Column = dict[str, Any]
LARGE, MODERATE = 0.25, 0.1  # the usual reading of PSI
MISSING_LARGE, MISSING_MODERATE = 0.2, 0.05  # of all rows
LEAST = 1e-4  # a share of nothing, so that logarithms stay finite
NAMED = 3


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """One column that is in either version. `score` puts the worst first."""

    name: str
    type: str
    change: str  # "", "new", "lost", "type"
    level: str  # large, moderate, small
    sentence: str
    score: float
    psi: float | None = None
    js: float | None = None
    ks: float | None = None
    missing: tuple[float, float] | None = None  # shares, before and now
    new_values: list[str] = field(default_factory=list)
    lost_values: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Drift:
    rows: tuple[int | None, int | None]  # before and now
    columns: list[ColumnDrift]

    @property
    def large(self) -> int:
        return sum(column.level == "large" for column in self.columns)

    @property
    def moderate(self) -> int:
        return sum(column.level == "moderate" for column in self.columns)


def drift(before: DataProfile, now: DataProfile) -> Drift:
    """What changed from `before` to `now`."""
    old = {column["name"]: column for column in before.columns}
    new = {column["name"]: column for column in now.columns}
    found = [column(name, old.get(name), new.get(name)) for name in dict.fromkeys([*new, *old])]
    return Drift((before.row_count, now.row_count), sorted(found, key=lambda one: (-one.score, one.name)))


def column(name: str, old: Column | None, new: Column | None) -> ColumnDrift:
    """What changed in one column, of which either profile may know nothing."""
    if old is None or new is None:
        known = new or old or {}
        change = "new" if old is None else "lost"
        sentence = f"{name} is new." if old is None else f"{name} is gone."
        return ColumnDrift(name, known.get("type", ""), change, "large", sentence, 100.0)
    if old["type"] != new["type"]:
        sentence = f"{name} was {_article(old['type'])} column and is {_article(new['type'])} column now."
        return ColumnDrift(name, new["type"], "type", "large", sentence, 90.0)
    if "problem" in old or "problem" in new:
        return ColumnDrift(name, new["type"], "", "small", f"{name} could not be profiled in both versions.", -1.0)
    return _compared(name, old, new)


def _compared(name: str, old: Column, new: Column) -> ColumnDrift:
    missing = (_share(old["missing"], old), _share(new["missing"], new))
    found = shares(old, new)
    psi, js = (_psi(*found), _jensen_shannon(*found)) if found else (None, None)
    ks = _ks(old["quantiles"], new["quantiles"]) if _has_curve(old, new) else None
    added, lost = _values(new, old), _values(old, new)
    change = missing[1] - missing[0]
    level = _level(psi or 0.0, abs(change))
    sentences = [
        _moved(name, old, new, psi, ks) if level != "small" and (psi or 0.0) >= MODERATE else "",
        _went_missing(name, missing) if abs(change) >= MISSING_MODERATE else "",
        _listed(name, "new", added),
        _listed(name, "gone", lost),
    ]
    said = " ".join(one for one in sentences if one) or f"{name} is much as it was."
    score = max(psi or 0.0, abs(change) * LARGE / MISSING_LARGE, 0.05 if added or lost else 0.0)
    return ColumnDrift(name, new["type"], "", level, said, score, psi, js, ks, missing, added, lost)


def _level(psi: float, missing: float) -> str:
    if psi >= LARGE or missing >= MISSING_LARGE:
        return "large"
    return "moderate" if psi >= MODERATE or missing >= MISSING_MODERATE else "small"


# --- shares ---------------------------------------------------------------------------------------------------------------


def shares(old: Column, new: Column) -> tuple[list[float], list[float]] | None:
    """The shares of the same bins before and now; None when the profiles can't tell."""
    if not old["count"] or not new["count"]:
        return None
    if old.get("is_complete") and new.get("is_complete"):
        return _value_shares(old, new)
    if _has_curve(old, new):
        edges = sorted({old["quantiles"][at] for at in range(10, 100, 10)})
        return _curve_shares(old["quantiles"], edges), _curve_shares(new["quantiles"], edges)
    if "top" in old and "top" in new:
        return _value_shares(old, new)
    return None


def _value_shares(old: Column, new: Column) -> tuple[list[float], list[float]]:
    """Of the values either knows, and of all others together."""
    first, second = _counts(old), _counts(new)
    values = list(dict.fromkeys([*first, *second]))
    is_known = old.get("is_complete") and new.get("is_complete")
    if not is_known:  # a value that one list does not name may still be there: only values of both can be compared
        values = [value for value in values if value in first and value in second]
    shares = [
        [counts.get(value, 0) / column["count"] for value in values] for counts, column in ((first, old), (second, new))
    ]
    return [*shares[0], max(0.0, 1 - sum(shares[0]))], [*shares[1], max(0.0, 1 - sum(shares[1]))]


def _counts(column: Column) -> dict[str, int]:
    return {one["value"]: one["count"] for one in column.get("top", [])}


def _curve_shares(curve: Sequence[float], edges: Sequence[float]) -> list[float]:
    passed = [0.0, *(at_or_below(curve, edge) for edge in edges), 1.0]
    return [max(0.0, after - before) for before, after in itertools.pairwise(passed)]


def at_or_below(curve: Sequence[float], value: float) -> float:
    """The share of values that are not above `value`, of quantiles at every hundredth."""
    steps = len(curve) - 1
    if value < curve[0]:
        return 0.0
    if value >= curve[-1]:
        return 1.0
    at = bisect.bisect_right(curve, value)
    low, high = curve[at - 1], curve[at]
    return (at - 1 + (value - low) / (high - low)) / steps


def _psi(before: Sequence[float], now: Sequence[float]) -> float:
    pairs = [(max(one, LEAST), max(other, LEAST)) for one, other in zip(before, now, strict=True)]
    return round(sum((other - one) * math.log(other / one) for one, other in pairs), 4)


def _jensen_shannon(before: Sequence[float], now: Sequence[float]) -> float:
    """The distance: 0 for the same shares, 1 when nothing is shared."""
    middle = [(one + other) / 2 for one, other in zip(before, now, strict=True)]
    divergence = (_divergence(before, middle) + _divergence(now, middle)) / 2
    return round(math.sqrt(max(0.0, divergence)), 4)


def _divergence(shares: Sequence[float], middle: Sequence[float]) -> float:
    return sum(one * math.log2(one / mean) for one, mean in zip(shares, middle, strict=True) if one > 0)


def _ks(before: Sequence[float], now: Sequence[float]) -> float:
    points = sorted({*before, *now})
    return round(max(abs(at_or_below(before, point) - at_or_below(now, point)) for point in points), 4)


def _has_curve(old: Column, new: Column) -> bool:
    return bool(old.get("quantiles")) and bool(new.get("quantiles"))


def _values(column: Column, other: Column) -> list[str]:
    """Values of one that the other has not, where both lists are complete."""
    if column["type"] in ("int", "float", "date", "datetime", "time"):
        return []
    if not (column.get("is_complete") and other.get("is_complete")):
        return []
    known = _counts(other)
    return [value for value in _counts(column) if value not in known]


def _share(count: int, column: Column) -> float:
    total = column["count"] + column["missing"]
    return round(count / total, 6) if total else 0.0


# --- words ----------------------------------------------------------------------------------------------------------------


def _moved(name: str, old: Column, new: Column, psi: float | None, ks: float | None) -> str:
    figures = f"PSI {psi:.2f}" + (f", KS {ks:.2f}" if ks is not None else "")
    if new["type"] in ("int", "float") and _has_curve(old, new):
        before, after = old["quantiles"][50], new["quantiles"][50]
        verb = "rose" if after > before else "fell" if after < before else "changed its shape"
        return f"{name} {verb}: the median was {number(before)} and is {number(after)} ({figures})."
    if new["type"] in ("date", "datetime"):
        return f"{name} covers {new['min']} to {new['max']}, before {old['min']} to {old['max']} ({figures})."
    grown = _most_changed(old, new)
    if grown is None:
        return f"The values of {name} are spread otherwise ({figures})."
    value, before, after = grown
    return f"{name}: {_short(value)} was {percent(before)} and is {percent(after)} of the rows ({figures})."


def _most_changed(old: Column, new: Column) -> tuple[str, float, float] | None:
    first, second = _counts(old), _counts(new)
    found = [
        (value, first.get(value, 0) / old["count"], second.get(value, 0) / new["count"])
        for value in {**first, **second}
    ]
    return max(found, key=lambda one: (abs(one[1] - one[2]), one[0]), default=None)


def _went_missing(name: str, missing: tuple[float, float]) -> str:
    verb = "rose" if missing[1] > missing[0] else "fell"
    return f"Missing values of {name} {verb} from {percent(missing[0])} to {percent(missing[1])}."


def _listed(name: str, word: str, values: list[str]) -> str:
    if not values:
        return ""
    named = ", ".join(_short(value) for value in values[:NAMED])
    more = f" and {len(values) - NAMED} more" if len(values) > NAMED else ""
    count = len(values)
    verb = (
        f"has {count} new value{'s' if count > 1 else ''}"
        if word == "new"
        else f"has lost {count} value{'s' if count > 1 else ''}"
    )
    return f"{name} {verb}: {named}{more}."


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:40] + "…"


def _article(kind: str) -> str:
    return f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}"


def number(value: float) -> str:
    size = abs(value)
    if size >= 1e15 or 0 < size < 1e-4:
        return f"{value:.3e}"
    return f"{value:,.0f}" if size >= 1000 or value == int(value) else f"{value:.4g}"


def percent(share: float) -> str:
    shown = share * 100
    return f"{shown:.0f} %" if shown >= 10 or shown == int(shown) else f"{shown:.1f} %"
