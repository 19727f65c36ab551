"""What can't work in a recipe, found without data: from its parameters and from the columns of the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from atelier.dataflow import carrying_out, loading, shapes
from atelier.dataflow import column_types as kinds
from atelier.dataflow.errors import ExpressionError, RecipeError
from atelier.dataflow.steps.combine import others_of

if TYPE_CHECKING:
    from atelier.dataflow.recipe import Step


@dataclass(frozen=True)
class Problem:
    """What can't work. `step` counts from 1; `start` and `end` are the place in an expression, where it is one."""

    step: int
    parameter: str
    sentence: str
    start: int | None = None
    end: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The problem as JSON."""
        return {
            "step": self.step,
            "parameter": self.parameter,
            "sentence": self.sentence,
            "start": self.start,
            "end": self.end,
        }


@dataclass
class _Walk:
    """Where a walk through the steps has got to: the table's columns as an empty table, or None when unknown."""

    table: Any
    others: Mapping[str, Any]

    @property
    def columns(self) -> kinds.Columns | None:
        return None if self.table is None else kinds.words_of(dict(self.table.collect_schema()))

    def step(self, step: Step, number: int) -> Problem | None:
        if self.table is None:
            return None
        opens = step.described.opens(step.filled)
        unknown = [other for other in others_of(step.kind, step.values) if other not in self.others]
        try:
            made = None if opens or unknown else carrying_out.after(step, self.table, self.others, number)
            # An empty table of its own: otherwise each step would be worked out again for every later one.
            self.table = None if made is None else _empty(dict(made.collect_schema()))
        except RecipeError as error:
            self.table = None
            return Problem(number, error.parameter, error.sentence)
        return None


def check(
    steps: Sequence[Step], columns: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Problem]:
    """Everything that can't work. After a step that can't, the columns are unknown and only the parameters are read."""
    walk = _begun(columns, others)
    found: list[Problem] = []
    for number, step in enumerate(steps, start=1):
        if not step.enabled:
            continue
        problems = list(_of_step(step, number, walk.columns))
        if problems:
            walk.table = None
        else:
            problem = walk.step(step, number)
            problems = [problem] if problem else []
        found += problems
    return found


def schemas(
    steps: Sequence[Step], columns: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]] | None = None
) -> list[kinds.Columns | None]:
    """The columns after each step; None where they can't be known without data."""
    walk = _begun(columns, others)
    found: list[kinds.Columns | None] = []
    for number, step in enumerate(steps, start=1):
        if step.enabled:
            broken = walk.table is not None and any(_of_step(step, number, walk.columns))
            walk.table = None if broken else walk.table
            walk.step(step, number)
        found.append(walk.columns)
    return found


def _begun(columns: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]] | None) -> _Walk:
    return _Walk(_empty(columns), {key: _empty(other) for key, other in (others or {}).items()})


def _empty(columns: Mapping[str, Any]) -> Any:
    polars = loading.polars()
    types = {name: kind if not isinstance(kind, str) else None for name, kind in columns.items()}
    words = kinds.words_of(columns)
    schema = {name: kinds.dtype_of(words[name], polars) if kind is None else kind for name, kind in types.items()}
    return polars.LazyFrame(schema=schema)


def _of_step(step: Step, number: int, columns: kinds.Columns | None) -> Iterator[Problem]:
    for parameter, error in shapes.wrong(step.described, step.filled, columns):
        place = (error.start, error.end) if isinstance(error, ExpressionError) else (None, None)
        yield Problem(number, parameter.name, getattr(error, "sentence", str(error)), *place)
