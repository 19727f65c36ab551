"""Merging digests into the stored summaries: one statement a batch, in SQLite's and PostgreSQL's common tongue.

The database does the merging, so two writers of one run can't lose each other's counts and nothing is read first. The
rows come by ascending key, so two writers can't wait for each other either.
"""

import math
from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter

from django.db import connection

from runs.tracking.metrics.models import MetricSummary
from runs.tracking.metrics.summarise import Digest

_TABLE = MetricSummary._meta.db_table
_COLUMNS = tuple(field.name for field in fields(Digest))
_values = attrgetter(*_COLUMNS)
_EARLIER = "(excluded.first_step, excluded.first_time_ms) < (old.first_step, old.first_time_ms)"
_LATER = "(excluded.last_step, excluded.last_time_ms) >= (old.last_step, old.last_time_ms)"
# The halves can't overflow where the sum could; PostgreSQL refuses a sum beyond the range of a double.
_TOTAL = (
    "CASE WHEN old.total / 2 + excluded.total / 2 >= 8.9e307 THEN 1.7e308"
    " WHEN old.total / 2 + excluded.total / 2 <= -8.9e307 THEN -1.7e308 ELSE old.total + excluded.total END"
)


def _better(sign: str, name: str, column: str) -> str:
    """The column of the smaller (or greater) value; at equal values that of the lower step."""
    wins = (
        f'old."{name}" IS NULL OR excluded."{name}" {sign} old."{name}"'
        f' OR (excluded."{name}" = old."{name}" AND excluded.{name}_step < old.{name}_step)'
    )
    return f'CASE WHEN excluded."{name}" IS NOT NULL AND ({wins}) THEN excluded."{column}" ELSE old."{column}" END'


_MERGED = {
    **{name: f'CASE WHEN {_EARLIER} THEN excluded."{name}" ELSE old."{name}" END'
       for name in ("first", "first_step", "first_time_ms")},
    **{name: f'CASE WHEN {_LATER} THEN excluded."{name}" ELSE old."{name}" END'
       for name in ("last", "last_step", "last_time_ms")},
    **{name: _better("<", "min", name) for name in ("min", "min_step")},
    **{name: _better(">", "max", name) for name in ("max", "max_step")},
    **{name: f'old."{name}" + excluded."{name}"' for name in ("count", "finite_count", "nan_count", "inf_count")},
    "total": _TOTAL,
    "rewinds": "old.rewinds + excluded.rewinds + CASE WHEN excluded.first_step <= old.last_step THEN 1 ELSE 0 END",
}  # fmt: skip
_SET = ", ".join(f'"{name}" = {expression}' for name, expression in _MERGED.items())
# Of two values at one step and time the greater is the last one, as MLflow has it; whatever is a number beats what is none.
_GREATER = (
    "(excluded.last_step, excluded.last_time_ms) > (old.last_step, old.last_time_ms) OR"
    " ((excluded.last_step, excluded.last_time_ms) = (old.last_step, old.last_time_ms)"
    " AND excluded.last IS NOT NULL AND (old.last IS NULL OR excluded.last >= old.last))"
)
_SET_GREATER = _SET.replace(_LATER, _GREATER)
_NAMES = ", ".join(f'"{name}"' for name in ("run_id", *_COLUMNS))
_INSERT = f'INSERT INTO "{_TABLE}" AS old ({_NAMES}) VALUES '


_ONE = f"{_INSERT}({', '.join(['%s'] * (len(_COLUMNS) + 1))}) ON CONFLICT (run_id, key_id) DO UPDATE SET {_SET_GREATER}"


def of_point(run_id: str, digest: Digest) -> tuple[str, list[str | float | None]]:
    """The statement that merges one point by its value, always the same text, and its values."""
    return _ONE, [run_id, *_values(digest)]


def merge(run_id: str, digests: Sequence[Digest], *, by_value: bool = False) -> None:
    """Add what a batch says to the run's summaries, new metrics included.

    Of two last values at one step and time the later arrival wins, or with `by_value` the greater one.
    """
    if not digests:
        return
    with connection.cursor() as cursor:
        cursor.execute(*of_batch(run_id, digests, by_value=by_value))


def of_batch(run_id: str, digests: Sequence[Digest], *, by_value: bool) -> tuple[str, list[str | float]]:
    """The statement that merges a batch, and its values."""
    given: list[str | float] = []
    rows = ", ".join([_row(run_id, digest, given) for digest in digests])
    return f"{_INSERT}{rows} ON CONFLICT (run_id, key_id) DO UPDATE SET {_SET_GREATER if by_value else _SET}", given


def _row(run_id: str, digest: Digest, given: list[str | float]) -> str:
    """Numbers of our own making as SQL: as parameters, hundreds of them would cost more than the statement."""
    values = _values(digest)
    given.append(run_id)
    text = repr(values).replace("None", "NULL")
    if "inf" in text:
        text = f"({', '.join([_literal(value, given) for value in values])})"
    return f"(%s, {text[1:]}"


def _literal(value: float | None, given: list[str | float]) -> str:
    if value is None:
        return "NULL"
    if math.isfinite(value):
        return repr(value)
    given.append(value)
    return "%s"
