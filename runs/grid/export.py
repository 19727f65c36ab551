"""What a table shows as a file, all pages of it: CSV, JSON or Parquet, made while it is sent.

The file holds the runs, in the order the table lays them out; the parameters or tags it groups by come first.
"""

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.utils import timezone

from runs.grid import cells, layout, ordering
from runs.grid.columns import ATTRIBUTE, ATTRIBUTES, METRIC, Column
from runs.grid.query import GridQuery
from studio.access.models import Workspace
from studio.accounts.models import User

ROWS_AT_ONCE = 1_000
IDENTITY = (Column(ATTRIBUTE, "id"), Column(ATTRIBUTE, "name"), Column(ATTRIBUTE, "experiment"))
# A spreadsheet would run what begins like this as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content_type: str
    body: Iterator[bytes]


def prepare(workspace: Workspace, query: GridQuery, person: User, columns: Sequence[Column], kind: str) -> File:
    """The file; the runs are found now, so that a question that makes no sense fails before anything is sent."""
    ids: Sequence[str] = ordering.ordered_ids(workspace, query, person)
    if query.group:
        ids = layout.laid_out(workspace, query, ids).ids
    shown = list(dict.fromkeys([*IDENTITY, *query.group, *columns]))
    write, content_type = KINDS[kind]
    stamp = timezone.now().strftime("%Y%m%d-%H%M%S")
    place = (query.experiment or workspace.slug).replace("/", "-")
    name = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in place)
    return File(f"runs-{name}-{stamp}.{kind}", content_type, write(shown, _rows(workspace, ids, shown)))


def _rows(workspace: Workspace, ids: Sequence[str], columns: Sequence[Column]) -> Iterator[list[list[Any]]]:
    for start in range(0, len(ids), ROWS_AT_ONCE):
        part = ids[start : start + ROWS_AT_ONCE]
        runs = cells.runs_of(workspace, part, columns, whole=True)
        yield [runs[run_id]["cells"] for run_id in part if run_id in runs]


def _csv(columns: Sequence[Column], parts: Iterator[list[list[Any]]]) -> Iterator[bytes]:
    yield _lines([[_plain(head) for head in _heads(columns)]])
    for rows in parts:
        yield _lines([[_plain(value) for value in row] for row in rows])


def _lines(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _plain(value: Any) -> Any:
    """A value no spreadsheet runs as a formula."""
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else cells.wire(value)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS) and not _is_number(value):
        return f"'{value}"
    return "" if value is None else value


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _json(columns: Sequence[Column], parts: Iterator[list[list[Any]]]) -> Iterator[bytes]:
    heads = _heads(columns)
    opening = b"["
    for rows in parts:
        for row in rows:
            yield opening + orjson.dumps({head: cells.wire(value) for head, value in zip(heads, row, strict=True)})
            opening = b",\n"
    yield b"[]\n" if opening == b"[" else b"]\n"


def _parquet(columns: Sequence[Column], parts: Iterator[list[list[Any]]]) -> Iterator[bytes]:
    import pyarrow
    from pyarrow import parquet

    heads, types = _heads(columns), [_type(pyarrow, column) for column in columns]
    schema = pyarrow.schema(list(zip(heads, types, strict=True)))
    sink = _Sink()
    with parquet.ParquetWriter(pyarrow.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        for rows in parts:
            turned: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(columns)
            arrays = [
                pyarrow.array([_typed(column, value) for value in values], type=one)
                for column, values, one in zip(columns, turned, types, strict=True)
            ]
            writer.write_table(pyarrow.table(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """What the writer writes to: it never seeks, and gives away what it has got."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def _type(pyarrow: Any, column: Column) -> Any:
    kind = ATTRIBUTES[column.key].kind if column.kind == ATTRIBUTE else column.kind
    if kind == "time":
        return pyarrow.timestamp("us", tz="UTC")
    return pyarrow.float64() if kind in (METRIC, "duration") else pyarrow.string()


def _typed(column: Column, value: Any) -> Any:
    return float(value) if column.kind == METRIC and value is not None else value


def _heads(columns: Sequence[Column]) -> list[str]:
    """One head for each column, no two alike: a parameter and a metric may have one name."""
    labels = [column.label for column in columns]
    return [label if labels.count(label) == 1 else columns[at].spec for at, label in enumerate(labels)]


KINDS: dict[str, tuple[Callable[..., Iterator[bytes]], str]] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "json": (_json, "application/json"),
    "parquet": (_parquet, "application/vnd.apache.parquet"),
}
