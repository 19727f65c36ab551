"""Conditions and conversions of an MLTable as expressions of Polars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mltable import filters
from mltable.problems import PlanError
from mltable.transformations import Conversion

if TYPE_CHECKING:
    import polars

TRUE, FALSE = ("true", "1", "yes", "t", "y"), ("false", "0", "no", "f", "n")


def of(node: filters.Node) -> polars.Expr:
    """A condition's tree as an expression."""
    import polars as pl

    if isinstance(node, filters.Column):
        return pl.col(node.name)
    if isinstance(node, filters.Literal):
        return pl.lit(node.value)
    if isinstance(node, filters.IsNull):
        return of(node.part).is_null()
    if isinstance(node, filters.Not):
        return ~of(node.part)
    if isinstance(node, filters.Logic):
        parts = [of(part) for part in node.parts]
        return pl.all_horizontal(parts) if node.operator == "and" else pl.any_horizontal(parts)
    return _binary(node.operator, of(node.left), of(node.right))


def _binary(operator: str, left: Any, right: Any) -> polars.Expr:
    made = {
        "==": lambda: left == right, "!=": lambda: left != right, "<": lambda: left < right, "<=": lambda: left <= right,
        ">": lambda: left > right, ">=": lambda: left >= right, "+": lambda: left + right, "-": lambda: left - right,
        "*": lambda: left * right, "/": lambda: left / right, "%": lambda: left % right,
    }  # fmt: skip
    found: polars.Expr = made[operator]()
    return found


def converted(name: str, kind: Any, conversion: Conversion) -> polars.Expr:
    """A column of the Polars type `kind` as another type. What does not fit raises when the rows are read."""
    import polars as pl

    column = pl.col(name)
    if conversion.type in ("string", "stream_info"):
        return column.cast(pl.String)
    if conversion.type == "boolean":
        return _boolean(column, kind, conversion)
    if conversion.type == "datetime":
        return _datetime(column, kind, conversion)
    plain = column.str.strip_chars() if kind == pl.String else column
    if conversion.type == "int":
        return plain.cast(pl.Int64)
    return plain.cast(pl.Float64)


def _boolean(column: polars.Expr, kind: Any, conversion: Conversion) -> polars.Expr:
    import polars as pl

    if kind == pl.Boolean:
        return column
    options = conversion.options
    words = column.cast(pl.String).str.strip_chars().str.to_lowercase()
    true = [word.lower() for word in options.get("true_values") or TRUE]
    false = [word.lower() for word in options.get("false_values") or FALSE]
    mismatch = options.get("mismatch_as", "error")
    if mismatch != "error":
        other = pl.lit(mismatch == "true")
        return (
            pl.when(words.is_null())
            .then(None)
            .when(words.is_in(true))
            .then(True)
            .when(words.is_in(false))
            .then(False)
            .otherwise(other)
        )
    return words.replace_strict({**dict.fromkeys(true, True), **dict.fromkeys(false, False)}, return_dtype=pl.Boolean)


def _datetime(column: polars.Expr, kind: Any, conversion: Conversion) -> polars.Expr:
    import polars as pl

    if kind.is_temporal():
        return column.cast(pl.Datetime("us"))
    formats = conversion.options.get("formats")
    if kind != pl.String:
        raise PlanError(f"The column {conversion.columns[0]} holds no texts, so no dates are read from it.")
    if not formats:
        return column.str.to_datetime(time_unit="us")
    *others, last = formats
    tried = [column.str.strptime(pl.Datetime("us"), form, strict=False) for form in others]
    # The last format is strict: a text that fits none of them is an error.
    left = pl.when(pl.coalesce(tried).is_null()).then(column).otherwise(None) if tried else column
    return pl.coalesce([*tried, left.str.strptime(pl.Datetime("us"), last)])
