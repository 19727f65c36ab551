"""What the pages of components show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from runs.components import declared, declaring, queries, uses
from runs.components.files import writing
from runs.components.models import Component, ComponentVersion
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import pagination
from studio.storage.folders import Entry
from studio.web.context import address
from studio.web.designer_tabs import designer_tabs
from studio.web.tabs import Tab

ROWS = 50
MOST_ARCHIVED = 50
MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class Can:
    edit: bool
    delete: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """The components of one category."""

    name: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ListPage:
    registered: list[Shelf]
    own: list[Shelf]
    archived: list[Component]
    archived_count: int
    count: int
    q: str
    next_url: str
    previous_url: str
    tabs: list[Tab]
    can: Can


@dataclass(frozen=True, slots=True)
class DetailPage:
    """One component at one version; `version` is None for the studio's own."""

    declaration: dict[str, Any]
    component: Component | None
    version: ComponentVersion | None
    versions: list[ComponentVersion]
    yaml: str
    snippet: str
    files: list[Entry]
    uses: list[uses.Use]
    trail: list[tuple[str, str]]
    can: Can


def list_page(request: HttpRequest, workspace: Workspace) -> ListPage:
    """The workspace's own components page by page, and with the first of them the studio's, by category."""
    q, cursor = request.GET.get("q", "")[:500], request.GET.get("cursor", "")
    rows, archived = queries.components_in(workspace, words=q), queries.archived_in(workspace, words=q)
    found = pagination.page_of(rows, order=("name", "id"), cursor=cursor, limit=ROWS)
    registered = declared.at_newest(found.rows)
    own = declared.own(q)
    return ListPage(
        registered=_shelves(workspace, registered),
        own=_shelves(workspace, own) if not found.previous else [],
        archived=list(archived[:MOST_ARCHIVED]) if not found.previous else [],
        archived_count=archived.count(),
        count=rows.count() + len(own),
        q=q,
        next_url=_page_url(request, found.next),
        previous_url=_page_url(request, found.previous),
        tabs=designer_tabs(workspace, "Components"),
        can=can(request, workspace),
    )


def _shelves(workspace: Workspace, declarations: Iterable[dict[str, Any]]) -> list[Shelf]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in declarations:
        found.setdefault(one["category"], []).append({**one, "url": _url(workspace, one)})
    return [Shelf(name, rows) for name, rows in found.items()]


def _page_url(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""


def own_page(request: HttpRequest, workspace: Workspace, name: str) -> DetailPage:
    """One of the studio's own. Raises NotFound."""
    found = declared.find(workspace, f"atelier:{name}").declaration
    trail = _trail(workspace, found["label"])
    return DetailPage(found, None, None, [], "", _snippet(found), [], [], trail, can(request, workspace))


def version_page(request: HttpRequest, version: ComponentVersion) -> DetailPage:
    component = version.component
    found = declared.of_version(version)
    return DetailPage(
        declaration=found,
        component=component,
        version=version,
        versions=list(queries.versions_of(component)[:100]),
        yaml=version.text or writing.component_to_yaml(version.definition),
        snippet=_snippet(found),
        files=list(version.snapshot.manifest[:MOST_FILES]) if version.snapshot is not None else [],
        uses=uses.of([version]),
        trail=_trail(component.workspace, found["label"]),
        can=can(request, component.workspace),
    )


def can(request: HttpRequest, workspace: Workspace) -> Can:
    return Can(
        edit=access.allows(request, Permission.COMPONENT_EDIT, workspace),
        delete=access.allows(request, Permission.COMPONENT_DELETE, workspace),
    )


def _trail(workspace: Workspace, label: str) -> list[tuple[str, str]]:
    return [
        ("Designer", address("pipeline-list", workspace=workspace.slug)),
        ("Components", reverse("component-list", args=[workspace.slug])),
        (label, ""),
    ]


def _url(workspace: Workspace, one: Mapping[str, Any]) -> str:
    if one["source"] == declaring.STUDIO:
        return reverse("component-own", args=[workspace.slug, one["name"]])
    return reverse("component-version", args=[workspace.slug, one["name"], one["version"]])


def _snippet(declaration: Mapping[str, Any]) -> str:
    """A node of a pipeline file, with what has to be given."""
    inputs = {
        name: "${{parent.jobs.NODE.outputs.PORT}}"
        for name, port in declaration["inputs"].items()
        if not port.get("optional")
    }
    for name, one in declaration["parameters"].items():
        if not one.get("optional") and not one.get("when"):
            inputs[name] = one.get("default", "")
    node: dict[str, Any] = {"component": declaration["reference"]}
    return writing.dumped({declaration["name"]: {**node, **({"inputs": inputs} if inputs else {})}})
