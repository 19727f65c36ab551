"""Metric names and the small numbers that stand for them in packed data."""

from collections.abc import Sequence

from django.db import connection

from runs.tracking.metrics import goals
from runs.tracking.metrics.models import MetricKey

_KNOWN = f'SELECT name, id FROM "{MetricKey._meta.db_table}" WHERE workspace_id = %s AND name IN'
_AT_ONCE = 500  # names in one query: SQLite counts its parameters


def key_ids(workspace_id: int, names: Sequence[str]) -> dict[str, int]:
    """The number of each name, the missing ones made. Two writers that make one name find the same number."""
    found = known_ids(workspace_id, names)
    missing = [name for name in names if name not in found]
    if missing:
        rows = [MetricKey(workspace_id=workspace_id, name=name, goal=goals.goal_of(name)) for name in sorted(missing)]
        MetricKey.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_AT_ONCE)
        found.update(known_ids(workspace_id, missing))
    return found


def known_ids(workspace_id: int, names: Sequence[str]) -> dict[str, int]:
    """The number of each name that has one."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for at in range(0, len(names), _AT_ONCE):
            part = names[at : at + _AT_ONCE]
            # In SQL of our own: every batch asks, and building the query would cost five times the answer.
            cursor.execute(f"{_KNOWN} ({', '.join(['%s'] * len(part))})", (workspace_id, *part))
            found.update(cursor.fetchall())
    return found
