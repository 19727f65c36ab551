"""Statements of our own that are asked with every request, without what Django and the server do anew for each.

On PostgreSQL they are prepared once a connection, so the server plans them once. Elsewhere, and where somebody listens to
the statements, they go Django's usual way. Texts are fine for numbers: the server takes what the column is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

POSTGRESQL = "postgresql"


def first_row(sql: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """The first row that `sql` finds."""
    if _is_plain():
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()
    return _run(sql, values).fetchone()


def all_rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Every row that `sql` finds, or gives back."""
    if _is_plain():
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())
    return list(_run(sql, values).fetchall())


def change(sql: str, values: Sequence[Any], *, is_repeated: bool = True) -> int:
    """Run a statement that gives no rows; how many it changed. One whose text is always another is not prepared."""
    if _is_plain() or not is_repeated:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return int(cursor.rowcount)
    return int(_run(sql, values).rowcount)


def moment(when: datetime) -> Any:
    """A time as these statements take it."""
    return connection.ops.adapt_datetimefield_value(when)


def may_be_lost() -> str:
    """A condition that always holds: a statement with it, alone, is not waited for until it is on the server's disk.

    For rows that nothing depends on: the server may forget such a change when its machine falls, never a part of it.
    """
    if connection.vendor == POSTGRESQL and not connection.in_atomic_block:
        return "set_config('synchronous_commit', 'off', true) = 'off'"
    return "1 = 1"


def _is_plain() -> bool:
    return connection.vendor != POSTGRESQL or connection.queries_logged or bool(connection.execute_wrappers)


def _run(sql: str, values: Sequence[Any]) -> Any:
    import psycopg  # only where it is the database's driver

    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        # Django's own cursor puts the values into the text, which can't be prepared.
        return psycopg.Cursor(connection.connection).execute(sql, values, prepare=True)
