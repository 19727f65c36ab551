"""The rows of a query as Arrow batches of one schema."""

import datetime
import json
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from studio.errors import Invalid

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 10_000
MAX_QUERY = 100_000
_COMMENTS_AND_TEXTS = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
_READS = re.compile(r"\s*\(*\s*(select|with|values|table)\b", re.IGNORECASE)
# MySQL writes files of its machine even in a transaction that only reads, and reads words out of some comments: the words
# are refused wherever they stand.
_WRITES_A_FILE = re.compile(r"outfile|dumpfile", re.IGNORECASE)

# What the drivers call their types, where a column's first rows may be empty.
_POSTGRES = {
    16: "bool", 20: "int64", 21: "int64", 23: "int64", 26: "int64", 700: "double", 701: "double", 1700: "double", 25: "string",
    1043: "string", 1042: "string", 19: "string", 2950: "string", 114: "string", 3802: "string", 1082: "date32",
    1083: "time64", 1114: "timestamp", 1184: "timestamp_utc", 1186: "duration", 17: "binary",
}  # fmt: skip
_MYSQL = {
    1: "int64", 2: "int64", 3: "int64", 8: "int64", 9: "int64", 13: "int64", 4: "double", 5: "double", 0: "double", 246: "double",
    10: "date32", 7: "timestamp", 12: "timestamp", 11: "duration",
}  # fmt: skip
_DECLARED = {"postgresql": _POSTGRES, "mysql": _MYSQL}
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "bool"), (int, "int64"), (float, "double"), (Decimal, "double"), (str, "string"), (datetime.datetime, "timestamp"),
    (datetime.date, "date32"), (datetime.time, "time64"), (datetime.timedelta, "duration"), (bytes, "binary"),
    (bytearray, "binary"), (memoryview, "binary"),
)  # fmt: skip


def checked(query: str, engine: str) -> str:
    """The query, if it is one that reads. Raises Invalid. What it may do the database is told besides."""
    query = query.strip().rstrip(";").strip()
    bare = _COMMENTS_AND_TEXTS.sub(" ", query)
    if not query or len(query) > MAX_QUERY or "\0" in query:
        raise Invalid("datastore_query", f"Give one query of at most {MAX_QUERY:,} characters.")
    if engine == "mysql" and _WRITES_A_FILE.search(query):
        raise Invalid("datastore_query", "A datastore is only read: OUTFILE and DUMPFILE are not taken, in no place.")
    if not _READS.match(bare):
        raise Invalid(
            "datastore_query", "A datastore is only read: the query begins with SELECT, WITH, VALUES or TABLE."
        )
    return query


def batches(result: Any, engine: str, *, most: int, is_limited: bool) -> "Iterator[pa.RecordBatch]":
    """At most `most` rows. Where they were not asked for by number, more of them are refused. One batch at least."""
    import pyarrow as pa

    names = _names(list(result.keys()))
    codes = [column[1] for column in result.cursor.description]  # gone with the last row
    rows = result.fetchmany(min(BATCH, most))
    kinds = _kinds(codes, rows, engine)
    schema = pa.schema([pa.field(name, _arrow(kind)) for name, kind in zip(names, kinds, strict=True)])
    count = 0
    while True:
        count += len(rows)
        yield pa.RecordBatch.from_arrays(
            [_column([row[at] for row in rows], names[at], kinds[at]) for at in range(len(names))], schema=schema
        )
        if not rows or count >= most:
            break
        rows = result.fetchmany(min(BATCH, most - count))
        if not rows:
            return
    if rows and not is_limited and result.fetchmany(1):
        raise Invalid("datastore_query", f"The answer has more than {most:,} rows.", hint="Narrow the query.")


def _names(keys: Sequence[str]) -> list[str]:
    """Every column once: what has the name of one before it gets a number."""
    found: list[str] = []
    for key in keys:
        name, number = str(key), 1
        while name in found:
            number += 1
            name = f"{key}_{number}"
        found.append(name)
    return found


def _kinds(codes: Sequence[Any], rows: Sequence[Any], engine: str) -> list[str]:
    declared = _DECLARED.get(engine, {})
    return [declared.get(code) or _kind_of(row[at] for row in rows) for at, code in enumerate(codes)]


def _kind_of(values: Iterator[Any]) -> str:
    """What holds all of these values; text where they are of several kinds, or where there are none."""
    found = {_kind(value) for value in values if value is not None}
    if found == {"int64", "double"}:
        return "double"
    return found.pop() if len(found) == 1 else "string"


def _kind(value: Any) -> str:
    kind = next((name for type_, name in _KINDS if isinstance(value, type_)), "string")
    return "timestamp_utc" if kind == "timestamp" and value.tzinfo is not None else kind


def _arrow(kind: str) -> Any:
    import pyarrow as pa

    made = {
        "timestamp": pa.timestamp("us"),
        "timestamp_utc": pa.timestamp("us", tz="UTC"),
        "duration": pa.duration("us"),
        "time64": pa.time64("us"),
        "double": pa.float64(),
        "bool": pa.bool_(),
    }
    return made[kind] if kind in made else getattr(pa, kind)()


def _column(values: list[Any], name: str, kind: str) -> Any:
    import pyarrow as pa

    convert = _CONVERTERS.get(kind)
    try:
        found = values if convert is None else [None if value is None else convert(value) for value in values]
        return pa.array(found, type=_arrow(kind))
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        raise Invalid(
            "datastore_query",
            f"The column {name!a} begins as {kind} and then holds something else.",
            hint="Convert it in the query with CAST.",
        ) from None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


_CONVERTERS: dict[str, Callable[[Any], Any]] = {"string": _text, "double": float, "binary": bytes, "bool": bool}
