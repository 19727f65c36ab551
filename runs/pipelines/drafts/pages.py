"""What the list of pipelines and the page of a pipeline's versions show."""

from dataclasses import dataclass

from django.http import HttpRequest

from runs.pipelines.drafts import comparing, documents, labels, queries, samples
from runs.pipelines.models import Pipeline, PipelineVersion
from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import pagination
from studio.web.designer_tabs import designer_tabs
from studio.web.tabs import Tab

ROWS = 50
MOST_CHOICES = 500


@dataclass(frozen=True, slots=True)
class Can:
    edit: bool
    delete: bool
    run: bool


@dataclass(frozen=True, slots=True)
class PipelineRow:
    pipeline: Pipeline
    nodes: int
    last: Run | None


@dataclass(frozen=True, slots=True)
class ListPage:
    rows: list[PipelineRow]
    samples: tuple[samples.Sample, ...]
    q: str
    is_archived: bool
    next_url: str
    previous_url: str
    tabs: list[Tab]
    can: Can


@dataclass(frozen=True, slots=True)
class VersionRow:
    version: PipelineVersion
    nodes: int
    is_draft: bool


@dataclass(frozen=True, slots=True)
class VersionsPage:
    pipeline: Pipeline
    rows: list[VersionRow]
    numbers: list[str]
    next_url: str
    previous_url: str
    a: str
    b: str
    differences: list[comparing.Difference] | None
    trail: list[tuple[str, str]]
    can: Can


def can(request: HttpRequest, workspace: Workspace) -> Can:
    return Can(
        edit=access.allows(request, Permission.PIPELINE_EDIT, workspace),
        delete=access.allows(request, Permission.PIPELINE_DELETE, workspace),
        run=access.allows(request, Permission.RUN_SUBMIT, workspace),
    )


def list_page(request: HttpRequest, workspace: Workspace) -> ListPage:
    q, is_archived = request.GET.get("q", "")[:500], bool(request.GET.get("archived"))
    rows = queries.pipelines_in(workspace, words=q, is_archived=is_archived)
    found = pagination.page_of(
        rows, order=("-updated_at", "-id"), cursor=request.GET.get("cursor", ""), limit=ROWS
    )  # fmt: skip
    runs = queries.runs_by_id([row.last_run_id or "" for row in found.rows])
    may = can(request, workspace)
    return ListPage(
        rows=[PipelineRow(row, documents.node_count(row.document), runs.get(row.last_run_id)) for row in found.rows],
        samples=samples.SAMPLES if may.edit and not q and not is_archived else (),
        q=q,
        is_archived=is_archived,
        next_url=_url(request, found.next),
        previous_url=_url(request, found.previous),
        tabs=designer_tabs(workspace, "Pipelines"),
        can=may,
    )


def versions_page(request: HttpRequest, pipeline: Pipeline) -> VersionsPage:
    """The versions, and what differs between two that `?a=` and `?b=` name."""
    digest = documents.digest(pipeline.document)
    versions = pagination.page_of(
        queries.versions_of(pipeline), order=("-number", "-id"), cursor=request.GET.get("cursor", ""), limit=ROWS
    )
    a, b = request.GET.get("a", "")[:20], request.GET.get("b", "draft")[:20]
    documents_of = [queries.document_at(pipeline, each) for each in (a, b)] if a else []
    slug = pipeline.workspace.slug
    return VersionsPage(
        pipeline=pipeline,
        rows=[VersionRow(each, documents.node_count(each.document), each.digest == digest) for each in versions.rows],
        numbers=_choices(pipeline, a, b),
        next_url=_url(request, versions.next),
        previous_url=_url(request, versions.previous),
        a=a,
        b=b,
        differences=labels.compared(pipeline.workspace, *documents_of) if a else None,
        trail=[
            ("Designer", f"/w/{slug}/pipelines/"), (pipeline.name, pipeline.get_absolute_url()), ("Versions", "")
        ],
        can=can(request, pipeline.workspace),
    )  # fmt: skip


def _choices(pipeline: Pipeline, *chosen: str) -> list[str]:
    """The versions that can be compared, newest first: the newest of many, and the chosen ones."""
    newest = [str(each) for each in queries.versions_of(pipeline).values_list("number", flat=True)[:MOST_CHOICES]]
    older = {each for each in chosen if each.isascii() and each.isdigit()} - set(newest)
    return [*newest, *sorted(older, key=int, reverse=True)]


def _url(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""
