"""What a new installation holds before anybody signs in. Running it again changes nothing that is there."""

import os
from dataclasses import dataclass

from django.conf import settings

from compute.building import services as building
from compute.targets.models import ComputeTarget
from runs.tracking.services import examples
from studio.accounts import services as accounts
from studio.accounts.models import User
from studio.secrets import master

TARGET = "local"


@dataclass(frozen=True, slots=True)
class Installation:
    administrator: User
    is_new: bool

    @property
    def is_unclaimed(self) -> bool:
        """The administrator has never signed in: who starts the studio needs a link."""
        return self.administrator.last_login is None


def ensure_installation() -> Installation:
    """The administrator with a first workspace of example runs, the local compute target: made when nobody is there yet."""
    master.ensure()
    ensure_local_target()
    building.ensure_builder_target()
    is_new = not User.objects.exists()
    administrator = accounts.create_first_admin(email=settings.ADMIN_EMAIL or accounts.FIRST_ADMIN)
    if is_new and settings.ADMIN_TOKEN:
        accounts.adopt_admin_token(user=administrator, token=settings.ADMIN_TOKEN)
    if is_new:
        for membership in administrator.memberships.select_related("workspace"):
            examples.seed_examples(actor=administrator, workspace=membership.workspace)
    return Installation(administrator, is_new=is_new)


def ensure_local_target() -> ComputeTarget:
    """The compute target of this machine, shared by every workspace; its slots stay as somebody set them."""
    slots = settings.LOCAL_SLOTS or os.cpu_count() or 1
    target, _ = ComputeTarget.objects.get_or_create(
        workspace=None, name=TARGET, defaults={"kind": "local", "slots": slots}
    )
    return target
