"""What the members page shows."""

from dataclasses import dataclass

from django.http import HttpRequest

from studio import access
from studio.access import Permission
from studio.access.models import Invitation, Membership, Workspace
from studio.workspaces import queries


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member with what the viewer may do about them."""

    membership: Membership
    is_you: bool
    can_change: bool
    can_leave: bool


@dataclass(frozen=True, slots=True)
class MembersPage:
    rows: list[MemberRow]
    invitations: list[Invitation]
    can_manage: bool


def members_page(request: HttpRequest, workspace: Workspace) -> MembersPage:
    """Everyone in the workspace; open invitations only for who may manage them."""
    can_manage = access.allows(request, Permission.MEMBER_MANAGE, workspace)
    members = list(queries.members_of(workspace))
    only_owner = next((member.pk for member in members if queries.is_only_owner_of(member, members)), None)
    rows = [
        MemberRow(
            membership=member,
            is_you=member.user_id == request.user.pk,
            can_change=can_manage and member.pk != only_owner,
            can_leave=member.user_id == request.user.pk and member.pk != only_owner,
        )
        for member in members
    ]
    invitations = list(queries.open_invitations(workspace)) if can_manage else []
    return MembersPage(rows=rows, invitations=invitations, can_manage=can_manage)
