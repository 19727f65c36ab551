"""What the pages of published pipelines show."""

import json
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from runs.pipelines.drafts import pages as drafts
from runs.pipelines.drafts import queries as draft_queries
from runs.pipelines.models import PipelineEndpoint, PipelineEndpointVersion, PipelineRun
from runs.pipelines.publishing import parameters, queries, shown
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.api import pagination
from studio.web.designer_tabs import designer_tabs
from studio.web.tabs import Tab

ROWS = 50
MOST_VERSIONS = 50  # on the page; REST lists them all


@dataclass(frozen=True, slots=True)
class EndpointRow:
    endpoint: PipelineEndpoint
    last: Run | None


@dataclass(frozen=True, slots=True)
class ListPage:
    rows: list[EndpointRow]
    q: str
    next_url: str
    previous_url: str
    tabs: list[Tab]
    can: drafts.Can


@dataclass(frozen=True, slots=True)
class CallRow:
    run: PipelineRun
    given: str


@dataclass(frozen=True, slots=True)
class EndpointPage:
    endpoint: PipelineEndpoint
    address: str
    parameters: list[parameters.Parameter]
    snippets: dict[str, str]
    versions: list[PipelineEndpointVersion]
    calls: list[CallRow]
    next_url: str
    previous_url: str
    trail: list[tuple[str, str]]
    can: drafts.Can


def list_page(request: HttpRequest, workspace: Workspace) -> ListPage:
    q = request.GET.get("q", "")[:500]
    rows = queries.endpoints_in(workspace, q)
    found = pagination.page_of(rows, order=("name", "id"), cursor=request.GET.get("cursor", ""), limit=ROWS)
    runs = draft_queries.runs_by_id([row.last_run_id or "" for row in found.rows])
    return ListPage(
        rows=[EndpointRow(row, runs.get(row.last_run_id)) for row in found.rows],
        q=q,
        next_url=_url(request, found.next),
        previous_url=_url(request, found.previous),
        tabs=designer_tabs(workspace, "Endpoints"),
        can=drafts.can(request, workspace),
    )


def endpoint_page(request: HttpRequest, endpoint: PipelineEndpoint) -> EndpointPage:
    slug = endpoint.workspace.slug
    versions = list(queries.versions_of(endpoint)[:MOST_VERSIONS])
    answering = queries.answering_version(endpoint)
    path = reverse("api-pipeline-endpoint-runs", args=(slug, endpoint.name))
    address = request.build_absolute_uri(path)
    found = pagination.page_of(
        queries.runs_of(endpoint), order=("-run__created_at", "-run_id"), cursor=request.GET.get("cursor", ""),
        limit=ROWS,
    )  # fmt: skip
    return EndpointPage(
        endpoint=endpoint,
        address=address,
        parameters=parameters.of(answering.document) if answering else [],
        snippets=shown.snippets(endpoint, address, request.build_absolute_uri("/")[:-1], shown.samples(answering)),
        versions=versions,
        calls=[CallRow(row, json.dumps(shown.given(row), ensure_ascii=False) if row.inputs else "") for row in found.rows],
        next_url=_url(request, found.next),
        previous_url=_url(request, found.previous),
        trail=[
            ("Designer", f"/w/{slug}/pipelines/"), ("Endpoints", f"/w/{slug}/pipeline-endpoints/"), (endpoint.name, "")
        ],
        can=drafts.can(request, endpoint.workspace),
    )  # fmt: skip


def _url(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""
