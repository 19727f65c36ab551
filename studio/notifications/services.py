"""Telling people."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.access.models import Workspace
from studio.accounts.models import User
from studio.live import topics
from studio.live.publish import publish
from studio.notifications.models import Notification


def notify(
    *, user: User, workspace: Workspace, matter: str, text: str, url: str = "", level: str = "info"
) -> Notification | None:
    """Tell one person one matter once; None when they were told before."""
    try:
        with transaction.atomic():
            notification = Notification.objects.create(
                user=user, workspace=workspace, matter=matter[:120], text=text[:500], url=url[:500], level=level
            )
    except IntegrityError:
        return None
    publish(topics.user(user.pk), "notifications")
    return notification


def mark_read(*, actor: User, ids: list[int] | None = None) -> int:
    """Mark some of one's own notifications read, or all. Answers how many were unread."""
    rows = Notification.objects.filter(user=actor, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    changed = rows.update(read_at=timezone.now())
    publish(topics.user(actor.pk), "notifications")
    return changed
