"""Plain values from a recipe, in the type of the column they are compared with or put into."""

from __future__ import annotations

from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow.errors import RecipeError


def fitted(value: Any, column: str, kind: str) -> Any:
    """The value as the column holds it; a RecipeError when it can't hold that."""
    if value is None or kind == kinds.UNKNOWN:
        return value
    if kind == kinds.TEXT:
        return ("true" if value else "false") if isinstance(value, bool) else str(value)
    if kind in kinds.NUMERIC:
        return number(value, column)
    if kind == kinds.BOOLEAN:
        return _boolean(value, column)
    raise RecipeError(f"“{column}” is {kind}: use a new column with if(…) for it.")


def number(value: Any, column: str) -> int | float:
    """A number, or a text that is one."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    try:
        return float(value) if "." in value or "e" in value.lower() else int(value)
    except (TypeError, ValueError, AttributeError) as error:
        raise RecipeError(f"“{column}” holds numbers, and “{value}” is none.") from error


def _boolean(value: Any, column: str) -> bool:
    words = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in words:
        raise RecipeError(f"“{column}” holds true and false, and “{value}” is neither.")
    return words[str(value).lower()]
