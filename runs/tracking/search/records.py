"""What a list shows of many runs, as plain tuples in four statements: no object of ours is made for a thousand runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection

from runs.tracking.metrics.models import MetricKey
from runs.tracking.search import columns
from studio.search.sql import SQLITE

_AT_ONCE = 5_000
_KEYS = f'"{MetricKey._meta.db_table}"'


class RunRow(NamedTuple):
    """The columns of a run, times as aware datetimes."""

    id: str
    name: str
    description: str
    state: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    deleted_at: datetime | None
    is_archived: bool
    source: str
    command: str
    git: dict[str, Any]
    parent_id: str | None
    job_id: int | None
    experiment_id: int
    created_by_id: int | None


_COLUMNS = ", ".join(f'"{name}"' for name in RunRow._fields)


@dataclass(frozen=True, slots=True)
class Record:
    """A run with its parameters and tags as (key, value), its metrics as (key, last, step, time in ms), by key.

    A `last` of None is not a number.
    """

    run: RunRow
    params: list[tuple[str, str]]
    tags: list[tuple[str, str]]
    metrics: list[tuple[str, float | None, int, int]]


def records(ids: Sequence[str]) -> list[Record]:
    """The runs of these ids in this order; those that are gone meanwhile are left out."""
    found: list[Record] = []
    for at in range(0, len(ids), _AT_ONCE):
        found += _some(ids[at : at + _AT_ONCE])
    return found


def _some(ids: Sequence[str]) -> list[Record]:
    among, given = _among(ids)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM {columns.RUNS} WHERE id {among}", given)
        made = {row[0]: Record(_run(RunRow(*row)), [], [], []) for row in cursor}
        for table, name in ((columns.PARAMS, "params"), (columns.TAGS, "tags")):
            cursor.execute(
                f'SELECT run_id, "key", value FROM {table} WHERE run_id {among} ORDER BY run_id, "key"', given
            )
            _deal(made, name, cursor)
        cursor.execute(
            f'SELECT s.run_id, k.name, s."last", s.last_step, s.last_time_ms FROM {columns.SUMMARIES} s'
            f" JOIN {_KEYS} k ON k.id = s.key_id WHERE s.run_id {among} AND s.count > 0",
            given,
        )
        _deal(made, "metrics", cursor)
    for record in made.values():
        record.metrics.sort()
    return [made[run_id] for run_id in ids if run_id in made]


def _among(ids: Sequence[str]) -> tuple[str, list[Any]]:
    """The end of a condition that a column is one of these, as one parameter: a thousand of them cost as much as the rows."""
    if connection.vendor == SQLITE:
        return "IN (SELECT value FROM json_each(%s))", [orjson.dumps(list(ids)).decode()]
    return "= ANY(%s)", [list(ids)]


def _run(row: RunRow) -> RunRow:
    """A row as the database's driver gives it, with Python's own times, bool and dict."""
    return row._replace(
        created_at=_moment(row.created_at),
        started_at=_moment(row.started_at),
        ended_at=_moment(row.ended_at),
        deleted_at=_moment(row.deleted_at),
        is_archived=bool(row.is_archived),
        git=orjson.loads(row.git),  # type: ignore[arg-type]
    )


def _moment(value: Any) -> Any:
    """SQLite keeps times in UTC and does not say so."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _deal(made: dict[str, Record], name: str, rows: Any) -> None:
    """Each row to the record of its run; the rows of a run come together."""
    run_id, add = "", None
    for row in rows:
        if row[0] != run_id:
            run_id = row[0]
            record = made.get(run_id)
            add = None if record is None else getattr(record, name).append
        if add is not None:
            add(row[1:])
