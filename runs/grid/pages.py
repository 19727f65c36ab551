"""The page of a table of runs: what the browser needs to start, with the first rows in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
from django.http import HttpRequest
from django.urls import reverse

from runs.grid import address, cells, columns, keys, queries, query, window
from runs.grid.address import Address
from runs.grid.models import SavedView
from runs.tracking.models import Experiment
from runs.tracking.pages import chart_wall
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import StudioError
from studio.search import SearchError

FIRST_ROWS = 100
WITHOUT_SCRIPTS = 50


@dataclass(frozen=True, slots=True)
class GridActions:
    submit: bool
    edit: bool
    stop: bool
    archive: bool
    delete: bool
    share: bool


@dataclass(frozen=True, slots=True)
class GridPage:
    """`config` goes to the browser; `rows` are for people without scripts."""

    config: dict[str, Any]
    rows: Sequence[dict[str, Any]]
    views: Sequence[SavedView]
    view: SavedView | None
    filter: str
    filter_error: str  # what the search bar underlines, as JSON
    charts: chart_wall.Board
    is_archived: bool
    can: GridActions


def grid_page(request: HttpRequest, workspace: Workspace, experiment: Experiment | None = None) -> GridPage:
    """The page an address asks for. What of it makes no sense is told in the page, which stays usable."""
    person: User = request.user  # type: ignore[assignment]
    found = address.read(request.GET, workspace, person, experiment)
    usual = _usual(workspace, experiment)
    first, problem = _first(workspace, person, experiment, found, usual)
    can = _actions(request, workspace)
    config = {
        "workspace": workspace.slug,
        "experiment": experiment.path if experiment else "",
        "usual": usual,
        "state": found.state,
        "view": found.view and view_head(found.view, person),
        "view_state": found.view and found.view.state,
        "first": first,
        "problem": problem and {"code": problem.code, "detail": problem.message, "hint": problem.hint},
        "density": getattr(person, "density", "") or "default",
        "can": {name: getattr(can, name) for name in GridActions.__slots__},
        "urls": _urls(workspace, experiment),
    }
    return GridPage(
        config=config,
        rows=(first or {}).get("results", [])[:WITHOUT_SCRIPTS],
        views=queries.menu(workspace, person, experiment),
        view=found.view,
        filter=request.GET.get("q", "") if problem else found.state.get("filter", ""),
        filter_error=_underlined(problem),
        charts=chart_wall.board(
            workspace,
            experiment=experiment.path if experiment else "",
            filter=found.state.get("filter", ""),
            follows_grid=True,
        ),
        is_archived=bool(found.state.get("archived")),
        can=can,
    )


def view_head(view: SavedView, person: User) -> dict[str, Any]:
    return {
        "id": view.pk,
        "name": view.name,
        "scope": view.scope,
        "is_default": view.is_default,
        "is_mine": view.owner_id == person.pk,
    }


def _usual(workspace: Workspace, experiment: Experiment | None) -> list[str]:
    own = ["attribute:state", *([] if experiment else ["attribute:experiment"])]
    known = keys.usual(workspace, experiment.path if experiment else "")
    return [*own, "attribute:started", "attribute:duration", "attribute:user", *known]


def _first(
    workspace: Workspace, person: User, experiment: Experiment | None, found: Address, usual: Sequence[str]
) -> tuple[dict[str, Any] | None, StudioError | None]:
    """The first block, so that the table is painted without asking again."""
    if found.problem is not None:
        return None, found.problem
    question = {name: found.state[name] for name in query.FIELDS if name in found.state}
    chosen = [one["column"] for one in found.state["columns"]] if "columns" in found.state else list(usual)
    specs = [spec for spec in chosen if spec != "attribute:name"]
    try:
        asked = query.read({**question, "experiment": experiment.path if experiment else ""})
        opened = window.open_window(workspace, asked, person)
        rows = cells.rows_of(workspace, opened.layout, 0, FIRST_ROWS, columns.parse_all(specs))
    except StudioError as error:
        return None, error
    sizes = {"window": opened.key, "runs": len(opened.ids), "rows": opened.layout.count}
    return {**sizes, "columns": specs, "results": rows}, None


def _underlined(problem: StudioError | None) -> str:
    """A mistake of the filter as the search bar shows it: in its place."""
    if not isinstance(problem, SearchError):
        return ""
    return orjson.dumps({"message": problem.message, **problem.extensions}).decode()


def _actions(request: HttpRequest, workspace: Workspace) -> GridActions:
    def allowed(permission: Permission) -> bool:
        return access.allows(request, permission, workspace)

    return GridActions(
        submit=allowed(Permission.RUN_SUBMIT),
        edit=allowed(Permission.RUN_EDIT),
        stop=allowed(Permission.RUN_STOP),
        archive=allowed(Permission.RUN_ARCHIVE),
        delete=allowed(Permission.RUN_DELETE),
        share=allowed(Permission.VIEW_SHARE),
    )


def _urls(workspace: Workspace, experiment: Experiment | None) -> dict[str, str]:
    names = {"window": "api-grid-window", "rows": "api-grid-rows", "outline": "api-grid-outline", "keys": "api-grid-keys", "look": "api-grid-look",
             "views": "api-views", "bulk": "api-runs-bulk", "experiments": "api-experiments"}  # fmt: skip
    found = {name: reverse(route, args=[workspace.slug]) for name, route in names.items()}
    return {
        **found,
        "edit": reverse("api-run", args=[workspace.slug, "RUN"]),
        "run": reverse("run", args=[workspace.slug, "RUN"]),
        "compare": reverse("compare", args=[workspace.slug]),
        "export": reverse("grid-export", args=[workspace.slug]),
        "here": f"/w/{workspace.slug}/experiments/{quote(experiment.path)}/"
        if experiment
        else f"/w/{workspace.slug}/runs/",
    }
