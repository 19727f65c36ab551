"""Writing the feed and the long operations. Both live in the transaction of the change they tell about."""

from django.utils import timezone

from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Activity, Event
from studio.live import topics
from studio.live.publish import publish


def record(
    *,
    actor: User | None,
    workspace: Workspace,
    verb: str,
    subject: str,
    label: str,
    url: str = "",
    detail: str = "",
) -> Event:
    """Add one line to the workspace's feed (`verb` like "run.submitted", `subject` like "run:k3v9x2m7qabc")."""
    event = Event.objects.create(
        workspace=workspace,
        actor=actor,
        verb=verb,
        subject=subject[:80],
        label=label[:300],
        url=url[:500],
        detail=detail[:1000],
    )
    publish(topics.workspace(workspace.slug), "activity")
    return event


def begin(*, actor: User | None, workspace: Workspace, kind: str, subject: str, title: str, url: str = "") -> Activity:
    """Open a long operation; the open one of the same subject and kind is returned instead of a second."""
    activity = (
        Activity.objects.filter(workspace=workspace, kind=kind, subject=subject)
        .exclude(state__in=Activity.FINAL)
        .first()
    )
    if activity is None:
        return begin_new(actor=actor, workspace=workspace, kind=kind, subject=subject, title=title, url=url)
    publish(topics.workspace(workspace.slug), "activity")
    return activity


def begin_new(
    *,
    actor: User | None,
    workspace: Workspace,
    kind: str,
    subject: str,
    title: str,
    url: str = "",
    state: Activity.State = Activity.State.PENDING,
) -> Activity:
    """Open a long operation of a subject that was made in this transaction, so that none of it can be open."""
    activity = Activity.objects.create(
        workspace=workspace, actor=actor, kind=kind, subject=subject[:80], title=title[:300], url=url[:500], state=state
    )
    publish(topics.workspace(workspace.slug), "activity")
    return activity


def report(
    *, workspace: Workspace, kind: str, subject: str, state: str = "", progress: float | None = None, message: str = ""
) -> int:
    """Bring the open operation of `subject` up to date; a finished one is never reopened. Answers the rows changed."""
    changes: dict[str, object] = {"updated_at": timezone.now()}
    if state:
        changes["state"] = state
    if progress is not None:
        changes["progress"] = min(max(progress, 0.0), 1.0)
    if message:
        changes["message"] = message[:1000]
    if state in Activity.FINAL:
        changes["ended_at"] = timezone.now()
    changed = (
        Activity.objects.filter(workspace=workspace, kind=kind, subject=subject)
        .exclude(state__in=Activity.FINAL)
        .update(**changes)
    )
    if changed:
        publish(topics.workspace(workspace.slug), "activity")
    return changed
