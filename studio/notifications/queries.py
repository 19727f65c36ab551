"""Reads of a person's notifications: only of workspaces they still belong to."""

from django.db.models import QuerySet

from studio.access import Permission
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.notifications.models import Notification


def notifications_of(user: User, *, is_unread: bool = False) -> "QuerySet[Notification]":
    """What this person was told, newest first. What a workspace told them goes when they leave it."""
    places = Workspace.objects.for_user(user, Permission.WORKSPACE_VIEW)
    rows = Notification.objects.filter(user=user, workspace__in=places).select_related("workspace")
    return rows.filter(read_at=None) if is_unread else rows


def unread_count(user: User) -> int:
    return notifications_of(user, is_unread=True).count()
