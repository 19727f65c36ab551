"""Reads about workspaces and who is in them."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from studio.access.models import Invitation, Membership, Role, Workspace
from studio.accounts.models import User

OWNERS = frozenset({Role.OWNER})


def with_role(workspaces: "QuerySet[Workspace]", *, user: User) -> "QuerySet[Any]":
    """These workspaces, each with this person's `role` in it, in one query."""
    own = Membership.objects.filter(user=user, workspace=OuterRef("pk")).values("role")[:1]
    return workspaces.annotate(role=Subquery(own))


def by_slug(slug: str) -> Workspace | None:
    """The workspace of this name, whoever asks: what they may do there is judged elsewhere."""
    return Workspace.objects.filter(slug=slug).first()


def members_of(workspace: Workspace) -> "QuerySet[Membership]":
    """Who belongs to a workspace, with the people loaded."""
    return Membership.objects.filter(workspace=workspace).select_related("user").order_by("user__email")


def open_invitations(workspace: Workspace) -> "QuerySet[Invitation]":
    """Invitations that can still be accepted, newest first."""
    rows = Invitation.objects.filter(workspace=workspace, accepted_at=None, expires_at__gt=timezone.now())
    return rows.select_related("invited_by")


def is_only_owner(membership: Membership) -> bool:
    """Whether the workspace would have no owner without this one."""
    return is_only_owner_of(membership, list(Membership.objects.filter(workspace=membership.workspace_id)))


def is_only_owner_of(membership: Membership, members: list[Membership]) -> bool:
    """The same among members that are loaded already."""
    return [member.pk for member in members if member.role in OWNERS] == [membership.pk]
