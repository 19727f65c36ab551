"""Whether a column drifted: the figures of two profiles, held against what chance alone does with so few rows.

With few rows the shares of two equal tables differ, too. n rows against m give a PSI of chi-square over the bins times
(1/n + 1/m): a PSI below the 99th part in a hundred of that says nothing, however large it is.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from registry.data.explore import drift, shapes
from registry.data.explore.drift import Column, ColumnDrift

NUMBERS = ("int", "float")
ONE_IN_A_HUNDRED = 2.3263  # the normal distribution's 99th part in a hundred
INPUT, OUTPUT = "input", "output"
MISSING = drift.MISSING_LARGE


@dataclass(frozen=True, slots=True)
class Compared:
    """One column of a report, as it is kept."""

    name: str
    role: str  # input, output
    against: str  # the column of the reference
    type: str
    level: str  # large, moderate, small
    is_drifted: bool
    sentence: str
    psi: float | None
    js: float | None
    ks: float | None
    chance: float | None  # the PSI that chance alone may give
    missing: tuple[float, float] | None
    bins: list[str]
    before: list[float]
    now: list[float]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "missing": list(self.missing) if self.missing else None}


def compared(name: str, role: str, old: Column, new: Column, *, against: str = "") -> Compared:
    """How the column `new` of the samples differs from `old` of the reference."""
    old, new = _aligned(old), _aligned(new)
    found = drift.column(name, old, new)
    chance = _chance(old, new)
    is_noise = _is_noise(found, chance)
    level = "small" if is_noise else found.level
    titles, before, now = _shapes(old, new)
    return Compared(
        name=name, role=role, against=against or name, type=new["type"], level=level,
        is_drifted=level == "large",
        sentence=_noise(name, new) if is_noise and found.level != "small" else found.sentence[:500],
        psi=found.psi, js=found.js, ks=found.ks, chance=chance, missing=found.missing,
        bins=titles, before=before, now=now,
    )  # fmt: skip


def summary(columns: Sequence[Compared], left_out: Sequence[str]) -> str:
    """The report in a sentence or two."""
    drifted = [column.name for column in columns if column.is_drifted]
    said = f"No drift in {_many(len(columns))}."
    if drifted:
        named = ", ".join(drifted[:5]) + (f" and {len(drifted) - 5} more" if len(drifted) > 5 else "")
        said = f"{len(drifted)} of {_many(len(columns))} drifted: {named}."
    if left_out:
        named = ", ".join(left_out[:5]) + (f" and {len(left_out) - 5} more" if len(left_out) > 5 else "")
        said += f" Not compared, being in one of the two alone: {named}."
    return said[:500]


def _many(count: int) -> str:
    return f"{count} column{'' if count == 1 else 's'}"


def _is_noise(found: ColumnDrift, chance: float | None) -> bool:
    """Whether it differs by no more than chance does; missing values have their own rule."""
    if found.level == "small" or found.psi is None or chance is None or found.missing is None:
        return False
    return found.psi <= chance and abs(found.missing[1] - found.missing[0]) < MISSING


def _chance(old: Column, new: Column) -> float | None:
    shares = drift.shares(old, new)
    if shares is None:
        return None
    freedom = sum(1 for pair in zip(*shares, strict=True) if any(pair)) - 1
    if freedom < 1:
        return 0.0
    # Wilson and Hilferty's way to the chi-square distribution, good to a percent.
    spread = 2 / (9 * freedom)
    bound = freedom * (1 - spread + ONE_IN_A_HUNDRED * math.sqrt(spread)) ** 3
    return round(bound * (1 / old["count"] + 1 / new["count"]), 4)


def _noise(name: str, new: Column) -> str:
    return f"{name} differs no more than chance does with {new['count']:,} values."


def _aligned(column: Column) -> Column:
    """Whole numbers as numbers: JSON has one kind of them."""
    if column["type"] not in NUMBERS:
        return column
    return {**column, "type": "float", **({"top": _tops(column)} if "top" in column else {})}


def _tops(column: Column) -> list[dict[str, Any]]:
    return [{**one, "value": _plain(one["value"])} for one in column["top"]]


def _plain(value: Any) -> str:
    """3 and 3.0 are one value."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return str(value)
    return str(int(found)) if found.is_integer() and abs(found) < 2**53 else str(found)


def _shapes(old: Column, new: Column) -> tuple[list[str], list[float], list[float]]:
    if not old.get("count") or not new.get("count") or old["type"] != new["type"]:
        return [], [], []
    titles, before, now = shapes.shapes(old, new)
    return [title[:80] for title in titles], [round(one, 5) for one in before], [round(one, 5) for one in now]
