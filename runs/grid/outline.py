"""Who the rows of a window are, thousands at a time: what a table shows while it is scrolled faster than cells come."""

from collections.abc import Sequence
from typing import Any

from runs.grid.layout import GROUP, Layout, Row
from runs.tracking.models import Run
from runs.tracking.pages import palette
from studio import id_lists
from studio.access.models import Workspace

MAX_ROWS = 2_000
FIELDS = ("workspace_id", "pk", "name", "state", "started_at", "job__lost_contact_at")
UNKNOWN: list[Any] = [None, None, 0, None]


def outline_of(workspace: Workspace, shown: Layout, start: int, end: int) -> list[list[Any]]:
    """Each row as `[kind, key, name, state, slot, started]`, in one query; nested ones with their place behind it.

    `started` is in milliseconds since 1970. The place is `[depth, children, open, context]`. Groups, and runs that are
    gone, have no name.
    """
    part = shown.part(start, end)
    runs = _runs(workspace, [row.key for row in part if row.kind != GROUP])
    return [[row.kind, row.key, *runs.get(row.key, UNKNOWN), *_place(row)] for row in part]


def _runs(workspace: Workspace, ids: Sequence[str]) -> dict[str, list[Any]]:
    if not ids:
        return {}
    found = Run.objects.filter(pk__in=id_lists.listed(ids)).order_by().values_list(*FIELDS)
    return {
        run_id: [name, "lost" if lost else state, palette.slot_of(name), at and round(at.timestamp() * 1000)]
        for owner, run_id, name, state, at, lost in found
        if owner == workspace.pk  # in the statement, SQLite would read every run of the workspace
    }


def _place(row: Row) -> list[Any]:
    return [row.depth, row.children, row.is_open, row.is_context] if row.depth or row.children else []
