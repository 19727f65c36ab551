"""Shapes of REST bodies about workspaces and members."""

from typing import Any

from rest_framework import serializers

from studio.access.models import Invitation, Membership, Role
from studio.api.fields import Name, StrictSerializer, Text
from studio.workspaces.forms import SLUG, SLUG_RULE


class NewWorkspace(StrictSerializer):
    slug = serializers.RegexField(
        rf"^{SLUG}\Z", max_length=60, trim_whitespace=False, error_messages={"invalid": SLUG_RULE}
    )
    name = Name(max_length=120, required=False)
    description = Text(max_length=4000, required=False, allow_blank=True, default="")


class EditWorkspace(StrictSerializer):
    name = Name(max_length=120, required=False)
    description = Text(max_length=4000, required=False, allow_blank=True)


class NewInvitation(StrictSerializer):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(Role.choices, default=Role.CONTRIBUTOR)


class EditMember(StrictSerializer):
    role = serializers.ChoiceField(Role.choices)


def show_workspace(workspace: Any, *, role: str | None = None) -> dict[str, Any]:
    """A workspace with the viewer's role: the one given, or the one the row carries."""
    return {
        "slug": workspace.slug,
        "name": workspace.name,
        "description": workspace.description,
        "role": role or workspace.role,
        "created_at": workspace.created_at,
    }


def show_member(membership: Membership) -> dict[str, Any]:
    return {
        "id": membership.pk,
        "user_id": membership.user_id,
        "email": membership.user.email,
        "name": membership.user.name,
        "role": membership.role,
        "created_at": membership.created_at,
    }


def show_invitation(invitation: Invitation) -> dict[str, Any]:
    """An invitation without its link."""
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "role": invitation.role,
        "invited_by": str(invitation.invited_by),
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
    }
