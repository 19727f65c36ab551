"""Who hears of a change: the feed, open pages, the deployment's own list of events."""

from registry.endpoints.models import Deployment, DeploymentEvent, DeploymentRevision, Endpoint
from studio.accounts.models import User
from studio.activity import services as activity
from studio.live import topics
from studio.live.publish import publish
from studio.notifications import services as notifications

KIND = "deployment"  # of the activities


def note_endpoint(*, actor: User | None, endpoint: Endpoint, verb: str, detail: str = "") -> None:
    """A line in the feed about an endpoint, and a hint to open pages."""
    url = "" if verb == "deleted" else endpoint.get_absolute_url()
    activity.record(
        actor=actor, workspace=endpoint.workspace, verb=f"endpoint.{verb}", subject=endpoint.subject,
        label=endpoint.name, url=url, detail=detail,
    )  # fmt: skip
    hint(endpoint)


def note_deployment(*, actor: User | None, deployment: Deployment, verb: str, detail: str = "") -> None:
    endpoint = deployment.endpoint
    url = endpoint.get_absolute_url() if verb == "deleted" else deployment.get_absolute_url()
    activity.record(
        actor=actor, workspace=endpoint.workspace, verb=f"deployment.{verb}", subject=deployment.subject,
        label=str(deployment), url=url, detail=detail,
    )  # fmt: skip
    hint(endpoint)


def event(deployment: Deployment, kind: str, detail: str = "", *, actor: User | None = None) -> None:
    """One line of the deployment's own events, in Azure's words where they fit, and a hint."""
    DeploymentEvent.objects.create(deployment=deployment, kind=kind, detail=detail[:1000], actor=actor)
    hint(deployment.endpoint)


def hint(endpoint: Endpoint) -> None:
    publish(topics.workspace(endpoint.workspace.slug), "endpoints", endpoint=endpoint.pk)


def begin(*, actor: User | None, deployment: Deployment, title: str) -> None:
    """Open the deployment's long operation, or take up the one that is open."""
    activity.begin(
        actor=actor, workspace=deployment.endpoint.workspace, kind=KIND, subject=deployment.subject, title=title,
        url=deployment.get_absolute_url(),
    )  # fmt: skip


def progress(deployment: Deployment, *, state: str = "", share: float | None = None, message: str = "") -> None:
    activity.report(
        workspace=deployment.endpoint.workspace, kind=KIND, subject=deployment.subject, state=state, progress=share,
        message=message,
    )  # fmt: skip


def failed(deployment: Deployment, revision: DeploymentRevision, problem: str) -> None:
    """The feed, and whoever asked for the revision, hear that it was given up."""
    actor = revision.created_by
    note_deployment(actor=actor, deployment=deployment, verb="failed", detail=problem[:900])
    if actor is not None:
        notifications.notify(
            user=actor, workspace=deployment.endpoint.workspace, matter=f"{deployment.subject}:{revision.number}:failed",
            text=f"{deployment} could not be deployed: {problem[:300]}", url=deployment.get_absolute_url(), level="danger",
        )  # fmt: skip
