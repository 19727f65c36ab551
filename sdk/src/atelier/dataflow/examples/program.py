"""What was found: an expression, with others that are as good and may mean something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from atelier.dataflow import carrying_out, expressions, loading
from atelier.dataflow.errors import DataflowError, RecipeError

Row = Mapping[str, Any]

MOST_RIVALS = 20


@dataclass(frozen=True)
class Program:
    """A text for every row. `expression` is the readable code; a smaller `cost` is more plausible."""

    expression: str
    cost: float = 0.0
    rivals: tuple[str, ...] = ()  # expressions that fit the examples too and are nearly as plausible

    @classmethod
    def from_dict(cls, given: Any) -> Program:
        """The program in this JSON, or a RecipeError."""
        if not isinstance(given, Mapping) or not isinstance(given.get("expression"), str):
            raise RecipeError("A program is an object with an expression.")
        rivals = [rival for rival in given.get("rivals") or () if isinstance(rival, str)][:MOST_RIVALS]
        for expression in (given["expression"], *rivals):
            expressions.parse(expression)
        return cls(given["expression"], float(given.get("cost") or 0.0), tuple(rivals))

    def to_dict(self) -> dict[str, Any]:
        """The program as JSON."""
        return {"expression": self.expression, "cost": round(self.cost, 3), "rivals": list(self.rivals)}

    def to_polars(self, columns: Mapping[str, Any] | None = None) -> Any:
        """The program as a Polars expression; exact about dates and numbers when the table's columns are given."""
        return carrying_out.expression(self.expression, columns)

    def apply(self, row: Row) -> str | None:
        """What it gives for one row."""
        return self.apply_all([row])[0]

    def apply_all(self, rows: Sequence[Row]) -> list[str | None]:
        """What it gives for many rows at once."""
        return [None if value is None else str(value) for value in values_of([self.expression], rows)[0]]

    def ambiguous(self, rows: Sequence[Row]) -> list[int]:
        """The rows in which other programs as good as this one give something else: worth a look by a person."""
        if not self.rivals:
            return []
        mine, *others = values_of([self.expression, *self.rivals], rows)
        return [row for row, value in enumerate(mine) if any((other[row] or "") != (value or "") for other in others)]


def values_of(sources: Sequence[str], rows: Sequence[Row]) -> list[list[Any]]:
    """The values of each expression in each row; an expression that can't be carried out gives nothing."""
    polars = loading.polars()
    if not rows:
        return [[] for _source in sources]
    table = polars.DataFrame([dict(row) for row in rows], infer_schema_length=None, strict=False)
    return [_values(source, table) for source in sources]


def _values(source: str, table: Any) -> list[Any]:
    polars = loading.polars()
    try:
        found = table.select(carrying_out.expression(source, dict(table.schema)).alias("value"))["value"].to_list()
    except (DataflowError, polars.exceptions.PolarsError):
        return [None] * len(table)
    return found if len(found) == len(table) else found * len(table)  # a constant has one row
