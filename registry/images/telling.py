"""Who hears of a change: the feed, the tray of long operations, open pages, the person who asked."""

from registry.images.models import Image, ImageVersion
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.activity.models import Activity
from studio.live import topics
from studio.live.publish import publish
from studio.notifications import services as notifications

KIND = "image-build"
STATES = {
    ImageVersion.State.QUEUED: Activity.State.PENDING,
    ImageVersion.State.BUILDING: Activity.State.RUNNING,
    ImageVersion.State.READY: Activity.State.SUCCEEDED,
    ImageVersion.State.FAILED: Activity.State.FAILED,
    ImageVersion.State.CANCELED: Activity.State.CANCELED,
}
MESSAGES = {
    ImageVersion.State.QUEUED: "Waiting for the builder",
    ImageVersion.State.BUILDING: "Building",
    ImageVersion.State.READY: "Ready",
    ImageVersion.State.CANCELED: "Canceled",
}


def note_image(*, actor: User | None, image: Image, verb: str, detail: str = "") -> None:
    """A line in the feed about an image, and a hint to open pages."""
    url = "" if verb == "deleted" else image.get_absolute_url()
    activity.record(
        actor=actor, workspace=image.workspace, verb=f"image.{verb}", subject=image.subject, label=image.name,
        url=url, detail=detail,
    )  # fmt: skip
    hint(image.workspace)


def note_version(*, actor: User | None, version: ImageVersion, verb: str, detail: str = "") -> None:
    image = version.image
    url = image.get_absolute_url() if verb == "deleted" else version.get_absolute_url()
    activity.record(
        actor=actor, workspace=image.workspace, verb=f"image_version.{verb}", subject=version.subject,
        label=str(version), url=url, detail=detail,
    )  # fmt: skip
    hint(image.workspace)


def begin(*, actor: User | None, version: ImageVersion) -> None:
    """A line in the tray for a build that was asked for."""
    activity.begin(
        actor=actor, workspace=version.image.workspace, kind=KIND, subject=version.subject,
        title=f"Build {version}", url=version.get_absolute_url(),
    )  # fmt: skip


def moved(version: ImageVersion) -> None:
    """The version is in another state: the tray, open pages, and at the end the feed and the person who asked."""
    workspace = version.image.workspace
    words = MESSAGES.get(ImageVersion.State(version.state), "") or version.problem or version.get_state_display()
    state = STATES[ImageVersion.State(version.state)]
    activity.report(workspace=workspace, kind=KIND, subject=version.subject, state=state, message=words)
    hint(workspace)
    publish(topic(version.pk), "status")
    if version.state in (ImageVersion.State.READY, ImageVersion.State.FAILED):
        _tell_end(version)


def _tell_end(version: ImageVersion) -> None:
    is_ready = version.state == ImageVersion.State.READY
    verb = "built" if is_ready else "build_failed"
    note_version(actor=version.created_by, version=version, verb=verb, detail=version.problem)
    if version.created_by is not None:
        notifications.notify(
            user=version.created_by,
            workspace=version.image.workspace,
            matter=f"{version.subject}:{version.attempt}:{version.state}",
            text=f"{version} is ready" if is_ready else f"{version} could not be built: {version.problem}",
            url=version.get_absolute_url(),
            level="success" if is_ready else "danger",
        )


def topic(pk: int) -> str:
    """Where open pages of one version listen: `status`, `log`."""
    return f"image:{pk}"


def hint(workspace: Workspace) -> None:
    publish(topics.workspace(workspace.slug), "images")
