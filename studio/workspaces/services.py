"""Opening workspaces and saying who belongs to them with which role."""

from django.db import IntegrityError, transaction
from django.db.models import F

from studio.access.models import Membership, Role, Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict
from studio.live import topics
from studio.live.publish import publish
from studio.workspaces import queries


def create_workspace(*, actor: User, slug: str, name: str, description: str = "") -> Workspace:
    """A new workspace that `actor` owns. Raises Conflict when the slug is taken."""
    try:
        with transaction.atomic():
            workspace = Workspace.objects.create(slug=slug, name=name, description=description)
            Membership.objects.create(workspace=workspace, user=actor, role=Role.OWNER)
            activity.record(
                actor=actor,
                workspace=workspace,
                verb="workspace.created",
                subject=f"workspace:{slug}",
                label=name,
            )
    except IntegrityError:
        message = "A workspace with this address exists already."
        raise Conflict("slug_taken", message, hint="Choose another.", fields={"slug": message}) from None
    publish(topics.user(actor.pk), "access")
    return workspace


@transaction.atomic
def edit_workspace(
    *, actor: User, workspace: Workspace, name: str | None = None, description: str | None = None
) -> Workspace:
    """Change what is given."""
    given = {"name": name, "description": description}
    changed = [field for field, value in given.items() if value is not None]
    for field in changed:
        setattr(workspace, field, given[field])
    if not changed:
        return workspace
    workspace.save(update_fields=changed)
    activity.record(
        actor=actor,
        workspace=workspace,
        verb="workspace.edited",
        subject=f"workspace:{workspace.slug}",
        label=workspace.name,
        detail=", ".join(changed),
    )
    return workspace


@transaction.atomic
def add_member(*, actor: User, workspace: Workspace, user: User, role: str) -> Membership:
    """Make a person a member; one who is a member already keeps the role they have."""
    membership, is_new = Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": role})
    if is_new:
        _tell(
            actor=actor,
            membership=membership,
            verb="member.joined",
            label=workspace.name,
            detail=f"as {membership.role}",
        )
    return membership


@transaction.atomic
def change_role(*, actor: User, membership: Membership, role: str) -> Membership:
    """Give a member another role; it acts at their next request. Raises Conflict for the last owner."""
    membership = _held(membership)
    before = membership.role
    if before == role:
        return membership
    _require_another_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    _tell(actor=actor, membership=membership, verb="member.role_changed", detail=f"{before} → {role}")
    return membership


@transaction.atomic
def remove_member(*, actor: User, membership: Membership) -> None:
    """End a membership, one's own or another's; it acts at their next request. Raises Conflict for the last owner."""
    membership = _held(membership)
    _require_another_owner(membership)
    has_left = membership.user_id == actor.pk
    if has_left:
        _tell(actor=actor, membership=membership, verb="member.left", label=membership.workspace.name)
    else:
        _tell(actor=actor, membership=membership, verb="member.removed")
    membership.delete()


def _held(membership: Membership) -> Membership:
    """The membership as it is now, with its workspace's members held still until the transaction ends.

    A write is what both databases make others wait for: two owners who remove each other come one after the other.
    """
    Workspace.objects.filter(pk=membership.workspace_id).update(name=F("name"))
    found = Membership.objects.select_related("workspace", "user").filter(pk=membership.pk).first()
    if found is None:
        raise Conflict("member_gone", "This person is no longer a member.", hint="Reload the page.")
    return found


def _require_another_owner(membership: Membership) -> None:
    if queries.is_only_owner(membership):
        raise Conflict(
            "last_owner",
            "The last owner can't leave, be removed or take another role.",
            hint="Make somebody else an owner first.",
        )


def _tell(*, actor: User, membership: Membership, verb: str, label: str = "", detail: str = "") -> None:
    workspace = membership.workspace
    activity.record(
        actor=actor,
        workspace=workspace,
        verb=verb,
        subject=f"user:{membership.user_id}",
        label=label or str(membership.user),
        detail=detail,
    )
    publish(topics.user(membership.user_id), "access")
    publish(topics.workspace(workspace.slug), "members")
