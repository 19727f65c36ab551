"""Who hears of a build: the tray of long operations, open pages, the feed and the person who asked."""

from collections.abc import Mapping

from registry.environments.models import EnvironmentBuild
from studio.access import Permission
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.activity.models import Activity
from studio.live import topics
from studio.live.publish import publish
from studio.notifications import services as notifications

KIND = "environment-build"
State = EnvironmentBuild.State
FORMS = {EnvironmentBuild.Form.VENV: "virtual environment", EnvironmentBuild.Form.IMAGE: "image"}
STATES: Mapping[str, str] = {
    State.QUEUED: Activity.State.PENDING,
    State.BUILDING: Activity.State.RUNNING,
    State.READY: Activity.State.SUCCEEDED,
    State.FAILED: Activity.State.FAILED,
    State.CANCELED: Activity.State.CANCELED,
}
MESSAGES = {State.QUEUED: "Waiting", State.BUILDING: "Building", State.READY: "Ready", State.CANCELED: "Canceled"}


def topic(pk: int) -> str:
    """Where open pages of one build listen: `status`, `log`."""
    return f"environment-build:{pk}"


def may_listen(user: User, name: str) -> bool:
    """Whether this person may hear of the build of this id."""
    if not (name.isascii() and name.isdigit()) or len(name) > 18:
        return False
    rows = EnvironmentBuild.objects.for_user(user, Permission.ENVIRONMENT_VIEW)
    return rows.filter(pk=int(name)).exists()


def title(build: EnvironmentBuild, label: str = "") -> str:
    """What jobs and the tray call it: "Build train:3 as an image"."""
    return f"Build {label or _label(build)} as {'an' if build.form == 'image' else 'a'} {FORMS[build.Form(build.form)]}"


def begin(*, actor: User | None, build: EnvironmentBuild) -> None:
    """A line in the tray for a build that was asked for."""
    activity.begin(
        actor=actor,
        workspace=build.content.workspace,
        kind=KIND,
        subject=build.subject,
        title=title(build),
        url=page_of(build),
    )
    hint(build.content.workspace)


def moved(build: EnvironmentBuild) -> None:
    """The build is in another state."""
    workspace = build.content.workspace
    words = MESSAGES.get(State(build.state), "") or build.problem or "Failed"
    activity.report(
        workspace=workspace, kind=KIND, subject=build.subject, state=STATES[build.state], message=words.splitlines()[0]
    )
    hint(workspace)
    publish(topic(build.pk), "status")
    if build.state in (State.READY, State.FAILED):
        _tell_end(build)


def hint(workspace: Workspace) -> None:
    publish(topics.workspace(workspace.slug), "environments")


def page_of(build: EnvironmentBuild) -> str:
    """The page of a build, with its log."""
    return f"/w/{build.content.workspace.slug}/environment-builds/{build.pk}/"


def _tell_end(build: EnvironmentBuild) -> None:
    is_ready = build.state == State.READY
    label = f"{_label(build)} as {FORMS[build.Form(build.form)]}"
    problem = build.problem.splitlines()[0] if build.problem else ""
    activity.record(
        actor=build.created_by,
        workspace=build.content.workspace,
        verb="environment.built" if is_ready else "environment.build_failed",
        subject=build.subject,
        label=label,
        url=page_of(build),
        detail=problem,
    )
    if build.created_by is None:
        return
    notifications.notify(
        user=build.created_by,
        workspace=build.content.workspace,
        matter=f"{build.subject}:{build.attempt}:{build.state}",
        text=f"{label} is ready" if is_ready else f"{label} could not be built: {problem}",
        url=page_of(build),
        level="success" if is_ready else "danger",
    )


def _label(build: EnvironmentBuild) -> str:
    version = build.content.versions.order_by("-pk").select_related("asset").first()
    return str(version) if version else f"environment {build.content.digest[:12]}"
