"""Who hears of a batch job: the tray of long operations, open pages, the feed, the person who asked."""

from collections.abc import Mapping

from registry.batch.models import BatchDeployment, BatchEndpoint, BatchJob
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.activity.models import Activity
from studio.live import pacing, topics
from studio.live.publish import publish
from studio.notifications import services as notifications

KIND = "batch-job"
S = BatchJob.State
STATES: Mapping[str, str] = {
    S.PENDING: Activity.State.PENDING,
    S.RUNNING: Activity.State.RUNNING,
    S.FINALIZING: Activity.State.RUNNING,
    S.COMPLETED: Activity.State.SUCCEEDED,
    S.FAILED: Activity.State.FAILED,
    S.CANCELED: Activity.State.CANCELED,
}


def topic(pk: str) -> str:
    """Where open pages of one batch job listen: `status`, `progress`."""
    return f"batch-job:{pk}"


def hint(workspace: Workspace) -> None:
    publish(topics.workspace(workspace.slug), "endpoints")


def note_endpoint(*, actor: User | None, endpoint: BatchEndpoint, verb: str, detail: str = "") -> None:
    """A line in the feed about a batch endpoint, and a hint to open pages."""
    url = "" if verb == "deleted" else endpoint.get_absolute_url()
    activity.record(
        actor=actor, workspace=endpoint.workspace, verb=f"batch_endpoint.{verb}", subject=endpoint.subject,
        label=endpoint.name, url=url, detail=detail,
    )  # fmt: skip
    hint(endpoint.workspace)


def note_deployment(*, actor: User | None, deployment: BatchDeployment, verb: str) -> None:
    endpoint = deployment.endpoint
    activity.record(
        actor=actor, workspace=endpoint.workspace, verb=f"batch_deployment.{verb}", subject=deployment.subject,
        label=str(deployment), url=endpoint.get_absolute_url(),
    )  # fmt: skip
    hint(endpoint.workspace)


def begun(*, actor: User | None, batch: BatchJob) -> None:
    """A line in the tray and in the feed for a job that was asked for."""
    activity.begin_new(
        actor=actor, workspace=batch.workspace, kind=KIND, subject=batch.subject, title=f"Score with {batch.title}",
        url=batch.get_absolute_url(),
    )  # fmt: skip
    _record(batch, "invoked", actor=actor)
    hint(batch.workspace)


def moved(batch: BatchJob) -> None:
    """The job is in another state."""
    words = {S.RUNNING: "Scoring", S.FINALIZING: "Putting the output together"}.get(S(batch.state), batch.problem)
    share = 1.0 if batch.state == S.COMPLETED else None
    activity.report(
        workspace=batch.workspace, kind=KIND, subject=batch.subject, state=STATES[batch.state], progress=share,
        message=words[:900],
    )  # fmt: skip
    publish(topic(batch.pk), "status")
    hint(batch.workspace)
    if batch.state in BatchJob.FINAL:
        _tell_end(batch)


def progressed(batch: BatchJob) -> None:
    """More items were scored; `batch` holds the new counts."""
    done = batch.item_done + batch.item_failed
    failed = f", {batch.item_failed:,} failed" if batch.item_failed else ""
    activity.report(
        workspace=batch.workspace, kind=KIND, subject=batch.subject,
        progress=min(0.99, done / batch.item_total) if batch.item_total else None,
        message=f"{done:,} of {batch.item_total:,} items{failed}",
    )  # fmt: skip
    pacing.publish_paced(topic(batch.pk), "progress", done=done)


def _tell_end(batch: BatchJob) -> None:
    verbs = {S.COMPLETED: "completed", S.FAILED: "failed", S.CANCELED: "canceled"}
    _record(batch, verbs[S(batch.state)], detail=batch.problem)
    if batch.created_by is None or batch.state == S.CANCELED:
        return
    is_well = batch.state == S.COMPLETED
    said = f"{batch.item_done:,} items scored, {batch.item_failed:,} failed" if is_well else batch.problem
    notifications.notify(
        user=batch.created_by, workspace=batch.workspace, matter=f"{batch.subject}:{batch.state}",
        text=f"Batch job {batch.title} {verbs[S(batch.state)]}: {said}"[:500], url=batch.get_absolute_url(),
        level="success" if is_well else "danger",
    )  # fmt: skip


def _record(batch: BatchJob, verb: str, *, actor: User | None = None, detail: str = "") -> None:
    activity.record(
        actor=actor or batch.created_by, workspace=batch.workspace, verb=f"batch_job.{verb}", subject=batch.subject,
        label=batch.title, url=batch.get_absolute_url(), detail=detail,
    )  # fmt: skip
