"""Pieces of SQL that mean the same on SQLite and PostgreSQL. Values are parameters, never part of the text."""

import math
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from studio.search import patterns
from studio.search.tree import LISTS, Items, Me, Number, Text, Value

SQLITE = "sqlite"
# What counts as a number in a text, in both databases: PostgreSQL refuses to cast what is out of its range.
NUMBER = r"^[-+]?([0-9]{1,20}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][-+]?[0-9]{1,2})?$"
_number = re.compile(NUMBER)


class Sql(NamedTuple):
    text: str
    params: tuple[Any, ...] = ()


TRUE = Sql("1 = 1")
FALSE = Sql("1 = 0")


def joined(word: str, parts: Iterable[Sql]) -> Sql:
    """The parts with AND or OR between them, each in brackets."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    text = f" {word} ".join(f"({part.text})" for part in found)
    return Sql(text, tuple(param for part in found for param in part.params))


def negated(part: Sql) -> Sql:
    """Not the condition; where it can't be told, it does not hold, so this does."""
    return Sql(f"NOT COALESCE({part.text}, {FALSE.text})", part.params)


def exists(rows: str, *parts: Sql) -> Sql:
    """`rows` is a FROM clause of literals; the parts all hold for one of its rows."""
    condition = joined("AND", parts)
    return Sql(f"EXISTS (SELECT 1 FROM {rows} WHERE {condition.text})", condition.params)


def text_test(column: str, operator: str, value: Value | None, vendor: str) -> Sql:
    """A comparison of a text column (an expression made of literals)."""
    if value is None:
        return Sql(f"{column} {operator}")
    texts = [_text(item) for item in value.items] if isinstance(value, Items) else [_text(value)]
    if operator in LISTS:
        return Sql(f"{column} {operator} ({', '.join(['%s'] * len(texts))})", tuple(texts))
    template, convert = _TESTS[vendor == SQLITE][operator]
    return Sql(template.format(column=column), (convert(texts[0]),))


def number_test(column: str, operator: str, value: Value | None) -> Sql:
    """A comparison of a column of numbers in which NULL stands for not a number."""
    assert isinstance(value, Number)
    if math.isnan(value.number):
        return {"=": Sql(f"{column} IS NULL"), "!=": Sql(f"{column} IS NOT NULL")}.get(operator, FALSE)
    if operator == "!=":
        return Sql(f"({column} IS NULL OR {column} <> %s)", (value.number,))
    return Sql(f"{column} {operator} %s", (value.number,))


def as_number(column: str, vendor: str) -> str:
    """A text column as a number; NULL where it holds none."""
    if vendor == SQLITE:
        return f"atelier_number({column})"
    return f"(CASE WHEN {column} ~ '{NUMBER}' THEN CAST({column} AS double precision) END)"


def contains(column: str, text: str, vendor: str) -> Sql:
    """The text anywhere in the column, in upper or lower case."""
    escaped = re.sub(r"([\\%_])", r"\\\1", text)
    like = "LIKE" if vendor == SQLITE else "ILIKE"
    return Sql(f"{column} {like} %s ESCAPE '\\'", (f"%{escaped}%",))


def add_functions(*, connection: Any, **_: object) -> None:
    """What SQLite lacks, on a new connection."""
    if connection.vendor == SQLITE:
        connection.connection.create_function("atelier_matches", 2, patterns.matches, deterministic=True)
        connection.connection.create_function("atelier_number", 1, number_of, deterministic=True)


def number_of(text: str | None) -> float | None:
    """The number a text holds, as `as_number` sees it on PostgreSQL."""
    return float(text) if text is not None and _number.match(text) else None


def _text(value: Value) -> str:
    assert isinstance(value, Text | Me)
    return value.text if isinstance(value, Text) else ""


def _same(text: str) -> str:
    return text


_POSTGRESQL: dict[str, tuple[str, Callable[[str], str]]] = {
    "=": ("{column} = %s", _same),
    "!=": ("{column} <> %s", _same),
    "LIKE": ("{column} LIKE %s ESCAPE ''", _same),
    "ILIKE": ("{column} ILIKE %s ESCAPE ''", _same),
    "~": ("{column} ~ %s", _same),
    "!~": ("{column} !~ %s", _same),
}
_SQLITE: dict[str, tuple[str, Callable[[str], str]]] = {
    **_POSTGRESQL,
    "LIKE": ("{column} GLOB %s", patterns.glob_of),
    "ILIKE": ("{column} LIKE %s", _same),
    "~": ("atelier_matches(%s, {column})", _same),
    "!~": ("NOT atelier_matches(%s, {column})", _same),
}
_TESTS: dict[bool, dict[str, tuple[str, Callable[[str], str]]]] = {True: _SQLITE, False: _POSTGRESQL}
