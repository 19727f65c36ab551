"""A window: the ids a question has found, in order, kept for some minutes so that any part can be read by position.

Scrolling asks for a block every few milliseconds. So each process keeps the windows it has read as they are used, and
only the first block of a window in a process pays for taking it apart.
"""

import secrets
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import overload

import orjson
from django.db.models import Max

from runs.grid import layout, ordering, shelf
from runs.grid.layout import Layout, Row
from runs.grid.query import GridQuery
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.accounts.models import User

ID_LENGTH = 12
ROW_BYTES = 200  # about what one row of a layout takes in memory
_turns = [threading.Lock() for _ in range(64)]


class Ids(Sequence[str]):
    """Ids in order without an object for each: a list of a hundred thousand takes six times the memory."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __len__(self) -> int:
        return len(self.text) // ID_LENGTH

    def __iter__(self) -> Iterator[str]:
        return (self.text[at : at + ID_LENGTH] for at in range(0, len(self.text), ID_LENGTH))

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> "Ids": ...
    def __getitem__(self, at: int | slice) -> "str | Ids":
        if isinstance(at, int):
            place = range(len(self))[at] * ID_LENGTH
            return self.text[place : place + ID_LENGTH]
        start, stop, step = at.indices(len(self))
        if step != 1:
            return Ids("".join(self[place] for place in range(start, stop, step)))
        return Ids(self.text[start * ID_LENGTH : stop * ID_LENGTH])


@dataclass(frozen=True, slots=True)
class Window:
    key: str
    base_key: str
    newest_at: datetime | None  # of the runs there were when it was made: what came later is new
    ids: Sequence[str]  # in the question's order
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
    if not key:
        return None
    place = _place(workspace, person, key)
    known = shelf.memory.get(place)
    if isinstance(known, Window):
        return known
    raw = shelf.fetch(place)
    if raw is None:
        return None
    found = orjson.loads(raw)
    ids = Ids(found["ids"])
    rows = None if found["rows"] is None else [Row(*row) for row in found["rows"]]
    newest = datetime.fromisoformat(found["newest"]) if found["newest"] else None
    shown = Layout(Ids(found["grouped"]) if found["grouped"] else ids, rows)
    return _remembered(place, Window(key, found["base"], newest, ids, shown))


def find_or_open(workspace: Workspace, query: GridQuery, person: User, key: str) -> Window:
    """The window, or a new one in its place when it has been forgotten: one, however many blocks ask at once."""
    found = find(workspace, person, key)
    if found is not None or not key:
        return found or open_window(workspace, query, person)
    place = _place(workspace, person, key)
    with _turns[hash(place) % len(_turns)]:
        found = find(workspace, person, key)
        return found or _remembered(place, open_window(workspace, query, person))


def fresh_count(workspace: Workspace, query: GridQuery, person: User, window: Window) -> int:
    """How many runs that match have come since the window was made."""
    found = ordering.matching(workspace, query, person)
    return (found if window.newest_at is None else found.filter(created_at__gt=window.newest_at)).count()


def _kept(
    workspace: Workspace, person: User, query: GridQuery, found: Sequence[str], newest: datetime | None
) -> Window:
    shown = layout.laid_out(workspace, query, found)
    ids = found if isinstance(found, Ids) else Ids("".join(found))
    packed = Ids("".join(shown.ids)) if query.group else ids
    window = Window(secrets.token_urlsafe(12), query.base_key, newest, ids, replace(shown, ids=packed))
    body = {
        "base": window.base_key,
        "newest": newest,
        "ids": ids.text,
        "grouped": packed.text if query.group else "",
        "rows": None if shown.rows is None else [row.as_list() for row in shown.rows],
    }
    place = _place(workspace, person, window.key)
    shelf.share(place, orjson.dumps(body))
    return _remembered(place, window)


def _remembered(place: str, window: Window) -> Window:
    ids = len(window.ids) * ID_LENGTH * (1 if window.layout.ids is window.ids else 2)
    shelf.memory.put(place, window, ids + len(window.layout.rows or ()) * ROW_BYTES)
    return window


def _place(workspace: Workspace, person: User, key: str) -> str:
    return f"{workspace.pk}:{person.pk}:{key}"
