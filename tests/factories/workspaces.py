"""Workspaces and who is in them."""

from studio.access.models import Membership, Role, Workspace
from studio.accounts.models import User
from tests.factories import sequence


def make_workspace(slug: str = "", *, name: str = "", owner: User | None = None) -> Workspace:
    slug = slug or f"space-{sequence.number()}"
    workspace = Workspace.objects.create(slug=slug, name=name or slug.title())
    if owner is not None:
        make_membership(workspace, owner, Role.OWNER)
    return workspace


def make_membership(workspace: Workspace, user: User, role: str = Role.CONTRIBUTOR) -> Membership:
    return Membership.objects.create(workspace=workspace, user=user, role=role)
