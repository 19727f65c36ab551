"""What the list of dataflows and the page Prepare show."""

from dataclasses import dataclass
from typing import Any

from atelier.dataflow import STEPS, conditions
from atelier.dataflow.expressions import functions
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse

from registry.data.assets import queries as assets
from registry.data.dataflows import queries, serializers
from registry.data.dataflows.models import Dataflow
from registry.data.names import MAX_NAME
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import pagination
from studio.web.context import address

ROWS = 50
MOST_SOURCES = 300
# Steps of the page's column menu and its list carry the icon of their group.
ICONS = {
    "Rows": "filter", "Columns": "columns-3", "Text": "wrap-text", "Values": "pencil", "Numbers": "hash",
    "Dates": "calendar", "Tables": "table-2", "By example": "zap",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Can:
    edit: bool
    delete: bool
    run: bool


@dataclass(frozen=True, slots=True)
class FlowRow:
    flow: Dataflow
    source: str
    steps: int
    versions: int


@dataclass(frozen=True, slots=True)
class ListPage:
    rows: list[FlowRow]
    words: str
    is_archived: bool
    sources: list[str]
    next_url: str
    previous_url: str
    can: Can


@dataclass(frozen=True, slots=True)
class PreparePage:
    flow: Dataflow
    trail: list[tuple[str, str]]
    config: dict[str, Any]
    can: Can


def can(request: HttpRequest, workspace: Workspace) -> Can:
    """What this person may do with dataflows here."""
    edit = access.allows(request, Permission.DATA_EDIT, workspace)
    return Can(
        edit=edit,
        delete=access.allows(request, Permission.DATA_DELETE, workspace),
        run=edit and access.allows(request, Permission.RUN_SUBMIT, workspace),
    )


def list_page(request: HttpRequest, workspace: Workspace) -> ListPage:
    words, is_archived = request.GET.get("q", "")[:500], bool(request.GET.get("archived"))
    rows = queries.flows_in(workspace, words=words, is_archived=is_archived).annotate(saved=Count("versions"))
    found = pagination.page_of(rows, order=("name", "id"), cursor=request.GET.get("cursor", ""), limit=ROWS)
    around = {"next": found.next, "previous": found.previous}
    urls = {key: f"?{pagination.query_with(request.GET, cursor=at)}" if at else "" for key, at in around.items()}
    may = can(request, workspace)
    return ListPage(
        rows=[FlowRow(row, *_about(row), row.saved) for row in found.rows],
        words=words,
        is_archived=is_archived,
        sources=sources(workspace) if may.edit else [],
        next_url=urls["next"],
        previous_url=urls["previous"],
        can=may,
    )


def sources(workspace: Workspace) -> list[str]:
    """References to the newest version of each data asset, for the fields that name data."""
    rows = assets.assets_in(workspace).order_by("name")[:MOST_SOURCES]
    latest = assets.latest_of([row.pk for row in rows])
    return [latest[row.pk].reference for row in rows if row.pk in latest]


def prepare_page(request: HttpRequest, flow: Dataflow) -> PreparePage:
    workspace, may = flow.workspace, can(request, flow.workspace)
    slug = workspace.slug
    trail = [
        ("Data", address("data-list", workspace=slug)),
        ("Dataflows", reverse("dataflow-list", args=(slug,))),
        (flow.name, ""),
    ]
    config = {
        "name": flow.name,
        "pk": flow.pk,
        "workspace": slug,
        "draft": serializers.draft(flow),
        "lastVersion": flow.last_number,
        "canEdit": may.edit,
        "catalogue": [{**kind.as_dict(), "icon": ICONS.get(kind.group, "braces")} for kind in STEPS.values()],
        "operators": [[name, words] for name, (words, _) in conditions.OPERATORS.items()],
        "functions": [function.as_dict() for function in functions.table().values()],
        "sources": sources(workspace),
        "urls": _urls(slug, flow.name, may),
        "longestName": MAX_NAME,
    }
    return PreparePage(flow, trail, config, may)


def _urls(workspace: str, name: str, may: Can) -> dict[str, str]:
    kwargs = {"workspace": workspace, "name": name}
    urls = {
        key: reverse(f"api-dataflow-{key}", kwargs=kwargs) for key in ("draft", "versions", "preview", "derive", "code")
    }
    return {**urls, "run": address("api-dataflow-run", **kwargs) if may.run else ""}


def _about(flow: Dataflow) -> tuple[str, int]:
    return str(flow.draft.get("source", "")), len(flow.draft.get("steps", []))
