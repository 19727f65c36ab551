"""Conditions a person picks from lists, written as the expression they mean."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow import literals
from atelier.dataflow.errors import RecipeError
from atelier.dataflow.expressions import quoted, text

OPERATORS: dict[str, tuple[str, Callable[[str, str], str]]] = {
    "=": ("is", lambda column, value: f"{column} = {value}"),
    "!=": ("is not", lambda column, value: f"{column} != {value}"),
    "<": ("is less than", lambda column, value: f"{column} < {value}"),
    "<=": ("is at most", lambda column, value: f"{column} <= {value}"),
    ">": ("is more than", lambda column, value: f"{column} > {value}"),
    ">=": ("is at least", lambda column, value: f"{column} >= {value}"),
    "contains": ("contains", lambda column, value: f"contains({column}, {value})"),
    "not_contains": ("does not contain", lambda column, value: f"not contains({column}, {value})"),
    "starts_with": ("starts with", lambda column, value: f"starts_with({column}, {value})"),
    "ends_with": ("ends with", lambda column, value: f"ends_with({column}, {value})"),
    "matches": ("fits the pattern", lambda column, value: f"matches({column}, {value})"),
    "in": ("is one of", lambda column, value: f"{column} in ({value})"),
    "not_in": ("is none of", lambda column, value: f"{column} not in ({value})"),
    "missing": ("is missing", lambda column, value: f"{column} is missing"),
    "not_missing": ("is not missing", lambda column, value: f"{column} is not missing"),
}
TEXTUAL = ("contains", "not_contains", "starts_with", "ends_with", "matches")
WITHOUT_VALUE = ("missing", "not_missing")
WITH_LIST = ("in", "not_in")


def expression_of(conditions: Sequence[Mapping[str, Any]], *, either: bool, columns: kinds.Columns | None) -> str:
    """All the conditions (or any of them) as one expression."""
    parts = [_one(condition, columns) for condition in conditions]
    return (" or " if either else " and ").join(parts)


def _one(condition: Mapping[str, Any], columns: kinds.Columns | None) -> str:
    column, operator = str(condition["column"]), str(condition["op"])
    kind = (columns or {}).get(column, kinds.UNKNOWN)
    if operator in WITHOUT_VALUE:
        value = ""
    elif operator in WITH_LIST:
        value = ", ".join(_value(item, kind, column) for item in condition["value"])
    else:
        value = _value(condition.get("value"), kinds.TEXT if operator in TEXTUAL else kind, column)
    return OPERATORS[operator][1](quoted(column), value)


def _value(value: Any, kind: str, column: str) -> str:
    """A value as an expression writes it, read as the column's type where that is known."""
    if isinstance(value, str) and kind in kinds.NUMERIC:
        return repr(literals.number(value, column))
    if isinstance(value, str) and kind == kinds.BOOLEAN and value.lower() in ("true", "false"):
        return value.lower()
    if isinstance(value, str) and kind in (kinds.DATE, kinds.DATETIME):
        return text(_moment(value, column))
    if kind == kinds.TEXT and isinstance(value, (int, float)):
        return text(str(value))
    return literal(value)


def literal(value: Any) -> str:
    """A plain value as an expression writes it."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return text(value) if isinstance(value, str) else repr(value)


def _moment(value: str, column: str) -> str:
    try:
        datetime.datetime.fromisoformat(value)
    except ValueError as error:
        raise RecipeError(f"“{column}” holds dates, and “{value}” is none; write it as 2024-12-31.") from error
    return value
