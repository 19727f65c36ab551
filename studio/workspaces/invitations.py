"""Inviting by a link: who made it, for whom and with which role stays fixed until it is used, once."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from studio import access
from studio.access import Permission
from studio.access.models import Invitation, Membership, Workspace
from studio.accounts.models import User
from studio.accounts.passwords import require_good_password
from studio.accounts.tokens import digest
from studio.activity import services as activity
from studio.errors import Conflict, Denied, Gone
from studio.live import topics
from studio.live.publish import publish
from studio.workspaces import services

LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation and its link, which is known only now."""

    invitation: Invitation
    url: str


@transaction.atomic
def invite(*, actor: User, workspace: Workspace, email: str, role: str) -> NewInvitation:
    """A link for one person; an older open one for the same address stops working."""
    email = email.strip().lower()
    if Membership.objects.filter(workspace=workspace, user__email=email).exists():
        message = "This person is a member already."
        raise Conflict("already_member", message, hint="Change the role below.", fields={"email": message})
    Invitation.objects.filter(workspace=workspace, email=email, accepted_at=None).delete()
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=email,
        role=role,
        secret_hash=digest(secret),
        invited_by=actor,
        expires_at=timezone.now() + LIFETIME,
    )
    _record(actor, invitation, "member.invited", f"as {role}")
    url = settings.BASE_URL + reverse("invitation-accept", kwargs={"secret": secret})
    return NewInvitation(invitation=invitation, url=url)


@transaction.atomic
def withdraw(*, actor: User, invitation: Invitation) -> None:
    """Make an open link worthless."""
    _record(actor, invitation, "member.uninvited", "")
    invitation.delete()


def find(*, secret: str) -> Invitation:
    """The open invitation behind a link.

    Raises Gone when it was used, ran out, was withdrawn, never was, or who sent it may no longer invite.
    """
    rows = Invitation.objects.select_related("workspace", "invited_by").filter(secret_hash=digest(secret))
    invitation = rows.filter(accepted_at=None, expires_at__gt=timezone.now()).first()
    if invitation is None or not access.holds(invitation.invited_by, Permission.MEMBER_MANAGE, invitation.workspace):
        raise Gone(
            "invitation_gone",
            "This invitation was used already, has run out or was withdrawn.",
            hint="Ask an owner of the workspace for a new one.",
        )
    return invitation


@transaction.atomic
def accept(*, actor: User, secret: str) -> Membership:
    """Join with the role of the invitation. Raises Denied for another person's, Gone for a used one."""
    invitation = find(secret=secret)
    if invitation.email != actor.email.lower():
        raise Denied(
            "invitation_for_another",
            "This invitation is for another e-mail address than yours.",
            hint="Sign out and use the link again as the person it is for.",
        )
    return _join(invitation, actor)


@transaction.atomic
def accept_as_new_person(*, secret: str, name: str, password: str) -> User:
    """A new account for the invited address, member of the workspace. Raises Conflict when there is an account."""
    invitation = find(secret=secret)
    user = User(email=invitation.email, name=name)
    require_good_password(password=password, user=user, field="password")
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name)
    except IntegrityError:
        raise Conflict(
            "account_exists", "There is an account with this e-mail address.", hint="Sign in to accept."
        ) from None
    _join(invitation, user)
    return user


def _join(invitation: Invitation, user: User) -> Membership:
    """One of two who click at once wins: the link is used up by a conditional update."""
    now = timezone.now()
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, expires_at__gt=now).update(accepted_at=now):
        raise Gone("invitation_gone", "This invitation was used already.", hint="Ask an owner for a new one.")
    return services.add_member(actor=user, workspace=invitation.workspace, user=user, role=invitation.role)


def _record(actor: User, invitation: Invitation, verb: str, detail: str) -> None:
    activity.record(
        actor=actor,
        workspace=invitation.workspace,
        verb=verb,
        subject=f"invitation:{invitation.pk}",
        label=invitation.email,
        detail=detail,
    )
    publish(topics.workspace(invitation.workspace.slug), "members")
