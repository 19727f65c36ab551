"""Columns by kind, and cells that JSON can hold: exact numbers, dates as text, nested values as JSON, bytes cut short."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb

from registry.data.reading.child.engine import name

LONGEST_TEXT, SHORTEST_TEXT = 1000, 60
MOST_CELLS = 500_000  # of an answer
MOST_TEXT = 8_000_000  # characters of an answer, about
LONGEST_BYTES = 16
LARGEST_EXACT = 2**53  # beyond it JavaScript rounds
KINDS = {
    "BOOLEAN": "boolean",
    **dict.fromkeys(
        ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
        "int",
    ),
    **dict.fromkeys(("FLOAT", "DOUBLE", "DECIMAL"), "float"),
    "DATE": "date",
    **dict.fromkeys(("TIME", "TIME WITH TIME ZONE", "TIME_NS"), "time"),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), "datetime"),
    "INTERVAL": "duration",
    **dict.fromkeys(("VARCHAR", "UUID", "ENUM", "BIT"), "string"),
    "BLOB": "binary",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is the studio's word for it, `native` DuckDB's."""

    name: str
    type: str
    native: str

    def as_dict(self) -> dict[str, str]:
        return {"name": self.name, "type": self.type, "native": self.native}


def columns_of(connection: duckdb.DuckDBPyConnection, query: str) -> list[Column]:
    """The columns of a query, which is planned for that and not run."""
    description = connection.execute(f"SELECT * FROM (\n{query}\n) LIMIT 0").description or []
    return [Column(str(one[0]), kind_of(str(one[1])), str(one[1])) for one in description]


def kind_of(native: str) -> str:
    if native.endswith("]") or native.startswith(("STRUCT", "MAP", "UNION", "JSON", "VARIANT")):
        return "nested"
    return KINDS.get(native.partition("(")[0], "string")


def fitting(columns: list[Column], limit: int) -> int:
    """How many of `limit` rows an answer with these columns can hold."""
    return max(1, min(limit, MOST_CELLS // max(len(columns), 1)))


def select(columns: list[Column], query: str, limit: int = 1) -> str:
    """A query whose rows are those of `query` with every cell in a form that JSON can hold.

    Texts are cut, the shorter the more cells `limit` rows have. Columns get names of their own for the moment: a query may
    name two of its columns alike.
    """
    aliases = [f"c{at}" for at in range(len(columns))]
    longest = max(SHORTEST_TEXT, min(LONGEST_TEXT, MOST_TEXT // max(limit * len(columns), 1)))
    shown = ", ".join(_shown(column, alias, longest) for column, alias in zip(columns, aliases, strict=True))
    return f"SELECT {shown} FROM (\n{query}\n) AS asked({', '.join(aliases)})"


def _shown(column: Column, alias: str, longest: int) -> str:
    base = column.native.partition("(")[0]
    if column.type in ("boolean", "int") or base in ("FLOAT", "DOUBLE"):
        return alias
    if column.type == "binary":
        cut = f"CASE WHEN octet_length({alias}) > {LONGEST_BYTES} THEN '…' ELSE '' END"
        return f"'0x' || lower(left(hex({alias}), {2 * LONGEST_BYTES})) || {cut} AS {alias}"
    text = f"CAST(to_json({alias}) AS VARCHAR)" if column.type == "nested" else f"CAST({alias} AS VARCHAR)"
    if column.type not in ("nested", "string"):
        return f"{text} AS {alias}"
    return f"CASE WHEN length({text}) > {longest} THEN left({text}, {longest}) || '…' ELSE {text} END AS {alias}"


def safe_rows(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [[safe(value) for value in row] for row in rows]


def safe(value: Any) -> Any:
    """A fetched value as JSON can hold it; what is not finite is a word, as everywhere in the studio."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_EXACT:
        return str(value)
    return value


def listed(columns: list[Column], wanted: list[str]) -> list[Column]:
    """The columns by these names, in this order. Raises KeyError with the first that is not there."""
    known = {column.name: column for column in columns}
    return [known[one] for one in wanted]


def names(columns: list[Column]) -> str:
    return ", ".join(name(column.name) for column in columns)


def on_line(column: Column) -> str:
    """A column of numbers or dates as a number, dates as seconds since 1970; what is not finite is missing."""
    shown = name(column.name)
    if column.type in ("date", "datetime"):
        return f"CASE WHEN isfinite({shown}) THEN epoch({shown}) END"
    if column.native in ("FLOAT", "DOUBLE"):
        return f"CASE WHEN isfinite({shown}) THEN CAST({shown} AS DOUBLE) END"
    return f"CAST({shown} AS DOUBLE)"
