"""The expression language: `if([unit price] > 10, upper(left(name, 3)), "cheap")`.

Columns stand as names or in square brackets, texts in quotes. An expression is compiled to Polars or pandas, never
evaluated as Python.
"""

from __future__ import annotations

from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow.errors import ExpressionError
from atelier.dataflow.expressions import functions
from atelier.dataflow.expressions.compiling import PANDAS, POLARS, Compiled, Compiler
from atelier.dataflow.expressions.parsing import parse
from atelier.dataflow.expressions.tree import columns_of, quoted, text

__all__ = ["ExpressionError", "columns_in", "described", "kind_of", "parse", "quoted", "text", "to_pandas", "to_polars"]


def to_polars(source: str, columns: kinds.Columns | None = None) -> Any:
    """The expression as a Polars term; refuses what these columns can't give."""
    return Compiler(POLARS, columns).whole(parse(source)).term


def to_pandas(source: str, columns: kinds.Columns | None = None) -> Any:
    """The expression as a pandas term over a table called `frame`."""
    return Compiler(PANDAS, columns).whole(parse(source)).term


def kind_of(source: str, columns: kinds.Columns | None = None) -> str:
    """What kind of value the expression gives; ExpressionError says where it can't be."""
    compiled: Compiled = Compiler(POLARS, columns).whole(parse(source))
    return compiled.kind


def columns_in(source: str) -> list[str]:
    """The columns an expression reads, in the order of their first mention."""
    return list(dict.fromkeys(column.name for column in columns_of(parse(source))))


def described() -> list[dict[str, Any]]:
    """Every function with its usage and what it does, for a page's help and for the docs."""
    return [function.as_dict() for function in functions.table().values() if function.group]
