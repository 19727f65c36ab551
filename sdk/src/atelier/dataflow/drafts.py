"""The statements a recipe is made of, for one library, as its steps add them."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow.expressions import functions
from atelier.dataflow.expressions.compiling import FRAME, POLARS, Compiler
from atelier.dataflow.expressions.functions import PD, PL
from atelier.dataflow.expressions.parsing import parse
from atelier.dataflow.terms import Term, name, written


@dataclass(frozen=True)
class Statement:
    """`target = term`. The target is a variable, or a column of the table in pandas."""

    target: Term
    term: Any

    def __str__(self) -> str:
        return f"{written(self.target)} = {written(self.term, behind=len(written(self.target)) + 7)}"


class Draft:
    """Statements over a table called `frame`. `columns` are those before the step, or None when nobody knows them."""

    def __init__(self, library: str, columns: kinds.Columns | None = None) -> None:
        self.library = library
        self.columns = columns
        self.statements: list[Statement] = []
        self.frame = FRAME
        self._functions = functions.table()

    @property
    def is_polars(self) -> bool:
        return self.library == POLARS

    def set(self, table: Any) -> None:
        """The table is this from here on."""
        self.statements.append(Statement(FRAME, table))

    def let(self, variable: str, value: Any) -> Term:
        """A value under a name of its own."""
        self.statements.append(Statement(name(variable), value))
        return name(variable)

    def column(self, column: str) -> Any:
        """A column of the table."""
        return PL.col(column) if self.is_polars else FRAME[column]

    def kind(self, column: str) -> str:
        """What a column holds, where it is known."""
        return (self.columns or {}).get(column, kinds.UNKNOWN)

    def assign(self, columns: Mapping[str, Any]) -> None:
        """New or changed columns."""
        if not columns:
            return
        if not self.is_polars:
            self.statements.extend(Statement(FRAME[column], value) for column, value in columns.items())
        elif all(_is_plain(column) for column in columns):
            self.set(FRAME.with_columns(**columns))
        else:
            self.set(FRAME.with_columns([value.alias(column) for column, value in columns.items()]))

    def expression(self, source: str) -> Any:
        """An expression over the columns of the table."""
        return Compiler(self.library, self.columns).whole(parse(source)).term

    def call(self, function: str, *arguments: Any) -> Any:
        """A function of the expression language on terms."""
        found = self._functions[function]
        return (found.polars if self.is_polars else found.pandas)(*arguments)

    def missing(self) -> Any:
        """No value."""
        return PL.lit(None) if self.is_polars else PD.NA

    def plain(self, value: Any) -> Any:
        """A value as the library takes it where a column could stand too."""
        return PL.lit(value) if self.is_polars else PD.NA if value is None else value


def _is_plain(column: str) -> bool:
    # `self` would be taken for the table itself.
    # Python reads `µ` as another letter in a name than in a text: names are normalised.
    is_plain = column.isidentifier() and unicodedata.normalize("NFKC", column) == column
    return is_plain and not keyword.iskeyword(column) and column not in ("self", "exprs")
