"""Questions about recipes to the reading processes: what each step makes of a sample, programs by example, code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.data.reading import reader
from registry.data.reading.tables import Table

SECONDS = 20.0
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Sample:
    """Which rows of the source are looked at: the first ones, or some by lot."""

    mode: str = "first"
    size: int = 1_000
    seed: int = 1

    def as_dict(self) -> dict[str, Any]:
        return {"mode": self.mode, "size": min(self.size, MOST_ROWS), "seed": self.seed}


@dataclass(frozen=True, slots=True)
class Worked:
    """A recipe with the tables it stands on: its source, what it joins by name, and why some of that is not there."""

    recipe: Mapping[str, Any]
    table: Table
    others: Mapping[str, Table] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    sample: Sample = Sample()

    @property
    def steps(self) -> int:
        return len(self.recipe["steps"])


def preview(worked: Worked, *, upto: int | None = None) -> dict[str, Any]:
    """Rows, columns, sketches after a step, and what every step says of itself: see `child/recipe.py`."""
    return _asked("recipe", worked, {"upto": worked.steps if upto is None else upto})


def check(worked: Worked) -> dict[str, Any]:
    """`{problems, columns}` of the whole recipe."""
    return _asked("recipe_check", worked, {})


def code(worked: Worked, *, to: str) -> str:
    """The recipe as a program for Polars or pandas."""
    return str(_asked("recipe_code", worked, {"to": to})["code"])


def by_example(worked: Worked, *, what: str, upto: int, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Programs for what was shown: `derive`, `split` or `filter` over the table after the step `upto`."""
    return _asked(what, worked, {"upto": upto, **asked})


def _asked(what: str, worked: Worked, more: Mapping[str, Any]) -> dict[str, Any]:
    question = {
        "what": what,
        "recipe": dict(worked.recipe),
        "others": {ref: table.as_dict() for ref, table in worked.others.items()},
        "missing": dict(worked.missing),
        "sample": worked.sample.as_dict(),
        **more,
    }
    return reader.answer(question, worked.table, SECONDS)
