"""What a new installation holds before anybody signs in. Running it again changes nothing that is there."""

import os
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from compute.targets.models import ComputeTarget
from studio.access.models import Membership, Role, Workspace
from studio.accounts.models import User

WORKSPACE = ("main", "Main")
TARGET = "local"


@dataclass(frozen=True, slots=True)
class Installation:
    administrator: User
    workspace: Workspace
    is_new: bool


def ensure_installation() -> Installation:
    """The administrator, the first workspace, the local compute target: made when nobody is there yet."""
    ensure_local_target()
    administrator = User.objects.filter(is_superuser=True, is_active=True).order_by("id").first()
    first = Workspace.objects.order_by("id").first()
    if administrator is not None and first is not None:
        return Installation(administrator, first, is_new=False)
    with transaction.atomic():
        administrator = administrator or User.objects.create_superuser(settings.ADMIN_EMAIL, name="Administrator")
        workspace = first or Workspace.objects.create(slug=WORKSPACE[0], name=WORKSPACE[1])
        Membership.objects.get_or_create(workspace=workspace, user=administrator, defaults={"role": Role.OWNER})
    return Installation(administrator, workspace, is_new=True)


def ensure_local_target() -> ComputeTarget:
    """The compute target of this machine, shared by every workspace; its slots stay as somebody set them."""
    slots = settings.LOCAL_SLOTS or os.cpu_count() or 1
    target, _ = ComputeTarget.objects.get_or_create(
        workspace=None, name=TARGET, defaults={"kind": "local", "slots": slots}
    )
    return target
