"""Metric names and the small numbers that stand for them in packed data."""

import threading
from collections.abc import Sequence

from django.db import connection

from runs.tracking.metrics import goals
from runs.tracking.metrics.models import MetricKey

_KNOWN = f'SELECT name, id FROM "{MetricKey._meta.db_table}" WHERE workspace_id = %s AND name IN'
_AT_ONCE = 500  # names in one query: SQLite counts its parameters
_REMEMBERED = 50_000
# A name keeps its number as long as its workspace lives, and no number is given twice. Only what was committed is kept here.
_numbers: dict[tuple[int, str], int] = {}
_lock = threading.Lock()


def key_ids(workspace_id: int, names: Sequence[str]) -> dict[str, int]:
    """The number of each name, the missing ones made. Two writers that make one name find the same number."""
    try:
        return {name: _numbers[workspace_id, name] for name in names}
    except KeyError:
        found = _found_or_made(workspace_id, names)
    _remember(workspace_id, found)
    return found


def forget() -> None:
    """Ask the database again from now on: a number turned out to be nobody's."""
    with _lock:
        _numbers.clear()


def _remember(workspace_id: int, found: dict[str, int]) -> None:
    if connection.in_atomic_block:
        return  # it may be rolled back yet
    with _lock:
        if len(_numbers) > _REMEMBERED:
            _numbers.clear()
        _numbers.update({(workspace_id, name): number for name, number in found.items()})


def _found_or_made(workspace_id: int, names: Sequence[str]) -> dict[str, int]:
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
