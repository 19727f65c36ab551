"""The kinds of values a column can hold, in the words a recipe uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.dataflow.errors import RecipeError

TEXT, INTEGER, NUMBER, BOOLEAN, DATE, DATETIME = "text", "integer", "number", "boolean", "date", "datetime"
DURATION, LIST, OTHER, UNKNOWN = "duration", "list", "other", "unknown"
WORDS = (TEXT, INTEGER, NUMBER, BOOLEAN, DATE, DATETIME, DURATION, LIST, OTHER, UNKNOWN)
NUMERIC = (INTEGER, NUMBER)

Columns = dict[str, str]


def is_pattern(column: str) -> bool:
    """Whether Polars would read the name as standing for several columns."""
    return column == "*" or (column.startswith("^") and column.endswith("$"))


def word_of(dtype: Any) -> str:
    """The word for a Polars type."""
    named = str(dtype).split("(")[0]
    if named in ("String", "Categorical", "Enum"):
        return TEXT
    if named.startswith(("Int", "UInt")):
        return INTEGER
    if named.startswith(("Float", "Decimal")):
        return NUMBER
    known = {
        "Boolean": BOOLEAN,
        "Date": DATE,
        "Datetime": DATETIME,
        "Duration": DURATION,
        "List": LIST,
        "Null": UNKNOWN,
    }
    return known.get(named, OTHER)


def words_of(columns: Mapping[str, Any]) -> Columns:
    """Columns by name with their word, from words or from a Polars schema."""
    found = {str(name): kind if isinstance(kind, str) else word_of(kind) for name, kind in columns.items()}
    strange = sorted({kind for kind in found.values() if kind not in WORDS})
    if strange:
        raise RecipeError(f"“{strange[0]}” is no type of column; there are {', '.join(WORDS)}.")
    return found


def dtype_of(word: str, polars: Any) -> Any:
    """The Polars type that stands for the word where only the schema matters."""
    return {
        TEXT: polars.String,
        INTEGER: polars.Int64,
        NUMBER: polars.Float64,
        BOOLEAN: polars.Boolean,
        DATE: polars.Date,
        DATETIME: polars.Datetime("us"),
        DURATION: polars.Duration("us"),
        LIST: polars.List(polars.String),
        UNKNOWN: polars.Null,
    }.get(word, polars.Object)
