"""A window: the ids a question has found, in order, kept for some minutes so that any part can be read by position."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db.models import Max

from runs.grid import layout, ordering, shelf
from runs.grid.layout import Layout, Row
from runs.grid.query import GridQuery
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.accounts.models import User

ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Window:
    key: str
    base_key: str
    newest_at: datetime | None  # of the runs there were when it was made: what came later is new
    ids: list[str]  # in the question's order
    layout: Layout


def open_window(workspace: Workspace, query: GridQuery, person: User, *, base: str = "") -> Window:
    """A new window for the question. With `base`, the runs of that window laid out anew, if it was about the same."""
    before = find(workspace, person, base) if base else None
    if before is not None and before.base_key == query.base_key:
        return _kept(workspace, person, query, before.ids, before.newest_at)
    newest = Run.objects.in_workspace(workspace).aggregate(at=Max("created_at"))["at"]
    return _kept(workspace, person, query, ordering.ordered_ids(workspace, query, person), newest)


def find(workspace: Workspace, person: User, key: str) -> Window | None:
    """A window that is still kept, to the person it was made for."""
    raw = shelf.get(_place(workspace, person, key)) if key else None
    if raw is None:
        return None
    found = orjson.loads(raw)
    ids = _apart(found["ids"])
    rows = None if found["rows"] is None else [Row(*row) for row in found["rows"]]
    newest = datetime.fromisoformat(found["newest"]) if found["newest"] else None
    shown = Layout(_apart(found["grouped"]) if found["grouped"] else ids, rows)
    return Window(key, found["base"], newest, ids, shown)


def find_or_open(workspace: Workspace, query: GridQuery, person: User, key: str) -> Window:
    """The window, or a new one in its place when it has been forgotten."""
    return find(workspace, person, key) or open_window(workspace, query, person)


def fresh_count(workspace: Workspace, query: GridQuery, person: User, window: Window) -> int:
    """How many runs that match have come since the window was made."""
    found = ordering.matching(workspace, query, person)
    return (found if window.newest_at is None else found.filter(created_at__gt=window.newest_at)).count()


def _kept(workspace: Workspace, person: User, query: GridQuery, ids: list[str], newest: datetime | None) -> Window:
    shown = layout.laid_out(workspace, query, ids)
    window = Window(secrets.token_urlsafe(12), query.base_key, newest, ids, shown)
    body = {
        "base": window.base_key,
        "newest": newest,
        "ids": "".join(ids),
        "grouped": "".join(shown.ids) if query.group else "",
        "rows": None if shown.rows is None else [row.as_list() for row in shown.rows],
    }
    shelf.put(_place(workspace, person, window.key), orjson.dumps(body))
    return window


def _apart(text: str) -> list[str]:
    return [text[at : at + ID_LENGTH] for at in range(0, len(text), ID_LENGTH)]


def _place(workspace: Workspace, person: User, key: str) -> str:
    return f"{workspace.pk}:{person.pk}:{key}"
