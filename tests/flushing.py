"""What a test that commits leaves is deleted, and nothing else is touched.

Django empties all tables after such a test and then asks every application for its content types and permissions again,
which takes longer than most of these tests. Nearly all tables are empty, and those rows are the same ever after.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate

MADE_BY_MIGRATIONS = frozenset({"django_content_type", "auth_permission"})


def of_what_is_written_only(patch: pytest.MonkeyPatch) -> None:
    """From here on a flush deletes the rows of the tables that have any."""
    operations = type(connection.ops)
    patch.setattr(operations, "sql_flush", _sql_flush(operations.sql_flush))
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


def _sql_flush(original: Callable[..., list[str]]) -> Callable[..., list[str]]:
    def sql_flush(self: Any, style: Any, tables: Iterable[str], **options: bool) -> list[str]:
        if options.get("reset_sequences"):
            return original(self, style, tables, **options)
        return [f"DELETE FROM {self.quote_name(table)}" for table in _with_rows(self.quote_name, tables)]

    return sql_flush


def _with_rows(quoted: Callable[[str], str], tables: Iterable[str]) -> list[str]:
    wanted = sorted(set(tables) - MADE_BY_MIGRATIONS)
    # A hundred at a time: SQLite takes 500 parts of one question.
    found: list[str] = []
    for start in range(0, len(wanted), 100):
        asked = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quoted(table)})" for table in wanted[start : start + 100]
        )
        with connection.cursor() as cursor:
            cursor.execute(asked)
            found += [name for (name,) in cursor.fetchall()]
    return found
