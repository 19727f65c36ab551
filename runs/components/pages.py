"""What the pages of components show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from runs.components import declared, queries, uses
from runs.components.files import writing
from runs.components.models import Component, ComponentVersion
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.storage.folders import Entry
from studio.web.context import address
from studio.web.designer_tabs import designer_tabs
from studio.web.tabs import Tab

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
    shelves: list[Shelf]
    archived: list[Component]
    count: int
    q: str
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
    """Every component by category, the workspace's own first."""
    q = request.GET.get("q", "")[:500].replace("\0", "")
    found = declared.every(workspace, q)
    shelves: dict[str, list[dict[str, Any]]] = {}
    for one in sorted(found, key=lambda one: one["source"] == declared.STUDIO):
        shelves.setdefault(one["category"], []).append({**one, "url": _url(workspace, one)})
    archived = list(queries.components_in(workspace, words=q, is_archived=True)[:100])
    shown = [Shelf(name, rows) for name, rows in shelves.items()]
    return ListPage(shown, archived, len(found), q, designer_tabs(workspace, "Components"), can(request, workspace))


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
    if one["source"] == declared.STUDIO:
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
