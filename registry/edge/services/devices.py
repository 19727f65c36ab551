"""Devices: made, described, deleted; those that fell silent are told of."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.edge import names, queries
from registry.edge.models import EdgeDevice
from registry.edge.services import enrolment, telling
from registry.edge.services.enrolment import Code
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict
from studio.lineage import services as lineage
from studio.lineage.things import Thing

MOST_AT_ONCE = 200


def create_device(
    *,
    actor: User | None,
    workspace: Workspace,
    name: str,
    description: str = "",
    tags: Mapping[str, Any] | None = None,
) -> tuple[EdgeDevice, Code]:
    """A device that runs nothing yet, and the code that enrols it, which is shown this once.

    Raises Conflict `device_exists`, Invalid.
    """
    device = EdgeDevice(
        workspace=workspace,
        name=names.device_name(name),
        description=names.description(description),
        tags=names.tags(tags or {}),
        created_by=actor,
    )
    try:
        with transaction.atomic():
            device.save()
            telling.note(actor=actor, device=device, verb="created")
            code = enrolment.issue(device)
            telling.event(device, "Created", actor=actor)
    except IntegrityError:
        raise Conflict("device_exists", f"There is a device {name} already.", hint="Use another name.") from None
    return device, code


def edit_device(
    *, actor: User | None, device: EdgeDevice, description: str | None = None, tags: Mapping[str, Any] | None = None
) -> EdgeDevice:
    """Other words; what it runs stays."""
    if description is not None:
        device.description = names.description(description)
    if tags is not None:
        device.tags = names.tags(tags)
    with transaction.atomic():
        device.save(update_fields=["description", "tags"])
        telling.note(actor=actor, device=device, verb="edited")
    return device


def delete_device(*, actor: User | None, device: EdgeDevice) -> None:
    """The device with its modules and events. Its agent is let in no more; what runs there goes on until it is stopped there."""
    with transaction.atomic():
        telling.note(actor=actor, device=device, verb="deleted")
        lineage.forget(workspace=device.workspace, thing=Thing("edge_device", str(device.pk)))
        device.delete()


def end_silent() -> int:
    """Tell of the devices that were online and have not been heard of; how many. Any number of callers tell once."""
    rows = EdgeDevice.objects.filter(is_online=True, seen_at__lt=queries.silent_since())
    told = 0
    for device in rows.select_related("workspace", "created_by")[:MOST_AT_ONCE]:
        with transaction.atomic():
            same = EdgeDevice.objects.filter(pk=device.pk, is_online=True, seen_at=device.seen_at)
            if not same.update(is_online=False):
                continue
            telling.event(device, "Offline", "Nothing was heard of it; its modules go on without the studio.")
            telling.warn(device, f"offline:{device.seen_at:%s}", f"The device {device.name} is offline.")
        told += 1
    return told


def forget_codes() -> int:
    """Drop the hashes of codes that nobody used in time."""
    rows = EdgeDevice.objects.exclude(code_hash="").filter(code_expires_at__lt=timezone.now())
    return rows.update(code_hash="", code_expires_at=None)
