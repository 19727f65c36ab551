"""What the pages of batch scoring show."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from registry.batch import finalizing, queries
from registry.batch.models import BatchDeployment, BatchEndpoint, BatchJob, BatchWorker
from registry.batch.options import Options
from registry.data.assets import queries as data
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import pagination
from studio.web.endpoint_tabs import endpoint_tabs
from studio.web.tabs import Tab

PAGE_ROWS = 50
SHOWN_ITEMS = 100
SHOWN_DATA = 100
FIRST_LINES = (
    "atelier batch-endpoint create --name heart-batch\n"
    "atelier batch-deployment create -f deployment.yml -e heart-batch --set-default\n"
    "atelier batch-endpoint invoke -n heart-batch --input azureml:patients@latest --stream"
)


@dataclass(frozen=True, slots=True)
class Can:
    """What this person may do with batch endpoints here."""

    edit: bool
    invoke: bool
    delete: bool


@dataclass(frozen=True, slots=True)
class EndpointRow:
    endpoint: BatchEndpoint
    deployments: list[BatchDeployment]
    default: BatchDeployment | None
    last: BatchJob | None


@dataclass(frozen=True, slots=True)
class EndpointList:
    rows: list[EndpointRow]
    q: str
    next_url: str
    previous_url: str
    tabs: list[Tab]
    snippet: str
    can: Can


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    deployment: BatchDeployment
    options: Options
    is_default: bool


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as a line of a table."""

    job: BatchJob
    share: float | None
    handled: int


@dataclass(frozen=True, slots=True)
class EndpointPage:
    endpoint: BatchEndpoint
    deployments: list[DeploymentRow]
    jobs: list[JobRow]
    next_url: str
    previous_url: str
    can: Can


@dataclass(frozen=True, slots=True)
class JobPage:
    job: BatchJob
    row: JobRow
    options: Options
    parts: list[tuple[str, int]]
    workers: list[BatchWorker]
    items: list[queries.FailedItem]
    more_items: bool
    unit: str  # what an item is: file or row
    output: str  # the path of the one file
    output_folder: str
    input_url: str
    can: Can


def can(request: HttpRequest, workspace: Workspace) -> Can:
    return Can(
        edit=access.allows(request, Permission.ENDPOINT_EDIT, workspace),
        invoke=access.allows(request, Permission.ENDPOINT_INVOKE, workspace),
        delete=access.allows(request, Permission.ENDPOINT_DELETE, workspace),
    )


def endpoint_list(request: HttpRequest, workspace: Workspace) -> EndpointList:
    """A page of the workspace's batch endpoints by name."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:200]
    found = pagination.page_of(
        queries.endpoints_in(workspace, q), order=("name", "id"), cursor=request.GET.get("cursor", ""), limit=PAGE_ROWS
    )
    last = queries.last_jobs([row.pk for row in found.rows])
    return EndpointList(
        rows=[_endpoint_row(row, last.get(row.pk)) for row in found.rows],
        q=q,
        next_url=_page_url(request, found.next),
        previous_url=_page_url(request, found.previous),
        tabs=endpoint_tabs(workspace, "Batch"),
        snippet=FIRST_LINES,
        can=can(request, workspace),
    )


def endpoint_page(request: HttpRequest, endpoint: BatchEndpoint) -> EndpointPage:
    """Its deployments, and its jobs, newest first."""
    rows = [
        DeploymentRow(each, Options.from_json(each.options), each.name == endpoint.default_deployment)
        for each in queries.deployments_of(endpoint)
    ]
    found = pagination.page_of(
        queries.jobs_in(endpoint.workspace, endpoint=endpoint),
        order=("-created_at", "-id"),
        cursor=request.GET.get("cursor", ""),
        limit=PAGE_ROWS,
    )
    return EndpointPage(
        endpoint=endpoint,
        deployments=rows,
        jobs=[job_row(each) for each in found.rows],
        next_url=_page_url(request, found.next),
        previous_url=_page_url(request, found.previous),
        can=can(request, endpoint.workspace),
    )


def job_page(request: HttpRequest, job: BatchJob) -> JobPage:
    """How one job stands."""
    counts = queries.part_counts(job)
    items, more = queries.failed_items(job, limit=SHOWN_ITEMS)
    version = job.input_version
    return JobPage(
        job=job,
        row=job_row(job),
        options=Options.from_json(job.options),
        parts=[(word, counts.get(word, 0)) for word in ("waiting", "taken", "done", "failed")],
        workers=queries.workers_of(job),
        items=items[:SHOWN_ITEMS],
        more_items=more is not None or len(items) > SHOWN_ITEMS,
        unit="row" if job.options.get("mode") == "rows" else "file",
        output=finalizing.file_path(job),
        output_folder=_folder_url(job),
        input_url=version.get_absolute_url() if version else "",
        can=can(request, job.workspace),
    )


def job_row(job: BatchJob) -> JobRow:
    handled = job.item_done + job.item_failed
    share = handled / job.item_total if job.item_total else None
    return JobRow(job, 1.0 if job.state == BatchJob.State.COMPLETED else share, handled)


def data_refs(workspace: Workspace) -> list[str]:
    """Data assets for a picker."""
    names = data.assets_in(workspace).order_by("name").values_list("name", flat=True)[:SHOWN_DATA]
    return [f"azureml:{name}@latest" for name in names]


def _endpoint_row(endpoint: BatchEndpoint, last: BatchJob | None) -> EndpointRow:
    deployments = list(endpoint.deployments.all())
    default = next((each for each in deployments if each.name == endpoint.default_deployment), None)
    return EndpointRow(endpoint, deployments, default, last)


def _folder_url(job: BatchJob) -> str:
    """The page of the output's folder; files are there when a worker or the end has written one."""
    if job.output_datastore is None or job.state != BatchJob.State.COMPLETED:
        return ""
    page = reverse("datastore-browse", args=[job.workspace.slug, job.output_datastore.name])
    return f"{page}?path={job.output_path}"


def _page_url(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""
