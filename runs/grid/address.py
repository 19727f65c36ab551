"""A page's address → the state of its view, and the view it names. The browser writes the same words (`view-state.js`)."""

import re
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import QueryDict

from runs.grid import queries, state
from runs.grid.models import SavedView
from runs.tracking.models import Experiment
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid, StudioError

REPEATED = {"sort": "order", "group": "group", "heat": "heat", "pin": "pinned", "hide": "hidden", "open": "open",
            "close": "closed"}  # fmt: skip
FLAGS = {"archived": "archived", "tree": "tree", "diff": "differences"}
WORDS = {"q": "filter", "density": "density", "baseline": "baseline", "pane": "pane"}
COLUMN = re.compile(r"(?s)^(.*)~(\d{0,4})~(left|right|)$")


@dataclass(frozen=True, slots=True)
class Address:
    """What a page shows. `view` is the saved view it began from; `problem` says what of the address made no sense."""

    state: dict[str, Any]
    view: SavedView | None = None
    problem: StudioError | None = None


def read(query: QueryDict, workspace: Workspace, person: User, experiment: Experiment | None) -> Address:
    """The state an address asks for; one that says nothing opens an experiment with its default view."""
    named = query.get("view") or query.get("from")
    view = _view(workspace, person, named) if named else None
    missing = Invalid("view_gone", "This view is gone, or it is not yours to see.") if named and not view else None
    if view is not None and "view" in query:
        return Address(view.state, view if view.scope != SavedView.Scope.LINK else None)
    if experiment is not None and not query:
        default = queries.default_of(experiment)
        return Address(default.state, default) if default else Address({})
    try:
        return Address(state.validated(_words(query)), view, missing)
    except StudioError as error:
        return Address({}, view, error)


def _view(workspace: Workspace, person: User, view_id: str) -> SavedView | None:
    if len(view_id) > 12 or "\0" in view_id:
        return None
    return queries.openable(workspace, person).filter(pk=view_id).first()


def _words(query: QueryDict) -> dict[str, Any]:
    found: dict[str, Any] = {name: query[short] for short, name in WORDS.items() if query.get(short)}
    found |= {name: True for short, name in FLAGS.items() if query.get(short) == "1"}
    found |= {name: query.getlist(short) for short, name in REPEATED.items() if short in query}
    if "columns" in query:
        found["columns"] = [_column(text) for text in query.getlist("columns") if text]
    if charts := query.get("charts"):
        found["charts"] = _charts(charts)
    return found


def _column(text: str) -> dict[str, Any]:
    match = COLUMN.match(text)
    if match is None:
        return {"column": text}
    spec, width, pin = match.groups()
    return {"column": spec, **({"width": int(width)} if width else {}), **({"pin": pin} if pin else {})}


def _charts(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Invalid("bad_view", "The charts' part of the address is no JSON.", fields={"charts": "no JSON"}) from None
