"""Reads about batch endpoints, their deployments and jobs."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery

from registry.batch.models import BatchDeployment, BatchEndpoint, BatchJob, BatchPart, BatchWorker
from registry.environments.models import EnvironmentVersion
from registry.mlmodels.models import ModelVersion
from studio.access import Permission
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import NotFound
from studio.lineage import labels

_DEPLOYMENT_PARTS = ("endpoint__workspace", "model_version__model", "environment", "code", "target", "created_by")


@dataclass(frozen=True, slots=True)
class FailedItem:
    """One item that could not be scored, and why."""

    part: int
    item: str
    problem: str


def endpoints_in(workspace: Workspace, words: str = "") -> "QuerySet[BatchEndpoint]":
    """The workspace's batch endpoints by name, with their deployments at hand."""
    rows = BatchEndpoint.objects.in_workspace(workspace).select_related("workspace", "created_by")
    rows = rows.with_words(words)
    return rows.prefetch_related("deployments__model_version__model", "deployments__target").order_by("name", "pk")


def deployments_of(endpoint: BatchEndpoint) -> "QuerySet[BatchDeployment]":
    return BatchDeployment.objects.filter(endpoint=endpoint).select_related(*_DEPLOYMENT_PARTS).order_by("name", "pk")


def deployment_at(endpoint: BatchEndpoint, name: str) -> BatchDeployment:
    """The deployment of this name. Raises NotFound."""
    found = deployments_of(endpoint).filter(name=name).first()
    if found is None:
        raise NotFound("not_found", f"The batch endpoint {endpoint.name} has no deployment {name[:60]!r}.")
    return found


def jobs_in(workspace: Workspace, *, endpoint: BatchEndpoint | None = None, state: str = "") -> "QuerySet[BatchJob]":
    """Batch jobs, the newest first."""
    rows = BatchJob.objects.filter(workspace=workspace).select_related(
        "workspace", "deployment__endpoint", "created_by", "input_version__asset", "output_datastore"
    )
    if endpoint is not None:
        rows = rows.filter(deployment__endpoint=endpoint)
    if state:
        rows = rows.filter(state=state)
    return rows.order_by("-created_at", "-pk")


def job_at(pk: str) -> BatchJob | None:
    """The job with everything its work needs."""
    rows = BatchJob.objects.select_related(
        "workspace", "created_by", "input_version__asset__workspace", "output_datastore__workspace",
        *(f"deployment__{part}" for part in _DEPLOYMENT_PARTS),
    )  # fmt: skip
    return rows.filter(pk=pk).first()


def worker_of(job_id: int) -> BatchWorker | None:
    """The worker that this job is."""
    return BatchWorker.objects.select_related("job", "batch").filter(job=job_id).first()


def workers_of(batch: BatchJob) -> list[BatchWorker]:
    rows = BatchWorker.objects.filter(batch=batch).select_related("job__target", "job__workspace")
    return list(rows.order_by("pk"))


def part_counts(batch: BatchJob) -> dict[str, int]:
    """How many parts are in each state."""
    rows = BatchPart.objects.filter(batch=batch).values_list("state").annotate(count=Count("pk")).order_by()
    return {state: count for state, count in rows}


def part_at(batch: BatchJob, number: int) -> BatchPart:
    found = BatchPart.objects.filter(batch=batch, number=number).first()
    if found is None:
        raise NotFound("not_found", f"This batch job has no part {number}.")
    return found


def failed_items(batch: BatchJob, *, after: int = -1, limit: int = 100) -> tuple[list[FailedItem], int | None]:
    """Failed items from the parts behind `after`, whole parts at a time; the second value goes on, None at the end."""
    rows = BatchPart.objects.filter(batch=batch, number__gt=after).exclude(failed_items=[]).order_by("number")
    found: list[FailedItem] = []
    for part in rows.only("number", "failed_items").iterator(chunk_size=50):
        found += [FailedItem(part.number, str(row["item"]), str(row["problem"])) for row in part.failed_items]
        if len(found) >= limit:
            return found, part.number
    return found, None


def uses_of_models(versions: Sequence[ModelVersion]) -> list[str]:
    """One sentence for each batch deployment that holds one of these versions."""
    rows = BatchDeployment.objects.filter(model_version__in=list(versions))
    rows = rows.select_related("endpoint", "model_version__model").order_by("endpoint__name", "name")
    return [f"The batch deployment {row} scores with {row.model_version}." for row in rows[:20]]


def uses_of_environments(versions: Sequence[EnvironmentVersion]) -> list[str]:
    rows = BatchDeployment.objects.filter(environment__versions__in=list(versions)).select_related("endpoint")
    named = ", ".join(str(version) for version in versions)
    ordered = rows.distinct().order_by("endpoint__name", "name")
    return [f"The batch deployment {row} runs with {named}." for row in ordered[:20]]


def label_jobs(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    """Batch jobs by what they scored with, for the lineage."""
    rows = BatchJob.objects.filter(workspace=workspace, pk__in=ids).select_related("workspace")
    return {row.pk: labels.Label("batch job", f"{row.title} {row.pk}", row.get_absolute_url()) for row in rows}


def label_deployments(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    numbers = [int(key) for key in ids if key.isascii() and key.isdigit() and len(key) < 19]
    rows = BatchDeployment.objects.filter(endpoint__workspace=workspace, pk__in=numbers)
    rows = rows.select_related("endpoint__workspace")
    return {str(row.pk): labels.Label("batch deployment", str(row), row.endpoint.get_absolute_url()) for row in rows}


def may_listen(user: User, name: str) -> bool:
    """Whether this person may hear of the batch job of this id."""
    return BatchJob.objects.for_user(user, Permission.ENDPOINT_VIEW).filter(pk=name[:12]).exists()


def last_jobs(endpoint_ids: Sequence[int]) -> dict[int, BatchJob]:
    """The newest job of each endpoint; those without any are left out."""
    newest = (
        BatchJob.objects.filter(deployment__endpoint=OuterRef("pk")).order_by("-created_at", "-pk").values("pk")[:1]
    )
    tops = BatchEndpoint.objects.filter(pk__in=list(endpoint_ids)).annotate(top=Subquery(newest))
    by_job = {top: pk for pk, top in tops.values_list("pk", "top") if top}
    rows = BatchJob.objects.filter(pk__in=list(by_job)).select_related("workspace")
    return {by_job[row.pk]: row for row in rows}


def worker_at(batch: BatchJob, job_id: int) -> BatchWorker:
    """The worker of a batch job that this job is. Raises NotFound."""
    rows = BatchWorker.objects.select_related("job__target", "job__workspace")
    found = rows.filter(batch=batch, job=job_id).first()
    if found is None:
        raise NotFound("not_found", "This batch job has no such worker.")
    return found
