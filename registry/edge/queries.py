"""Reads about devices, what they shall run and what they said."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from registry.edge.models import EdgeDevice, EdgeEvent, EdgeModule
from registry.images.models import ImageVersion
from studio.access.models import Workspace
from studio.errors import NotFound
from studio.lineage import labels


def devices_in(workspace: Workspace, words: str = "") -> "QuerySet[EdgeDevice]":
    """The workspace's devices by name, with their modules at hand."""
    rows = EdgeDevice.objects.in_workspace(workspace).select_related("workspace", "created_by")
    rows = rows.with_words(words)
    return rows.prefetch_related("modules__image_version__image__workspace")


def device_at(workspace: Workspace, name: str) -> EdgeDevice:
    """The device of this name. Raises NotFound."""
    found = devices_in(workspace).filter(name=name).first()
    if found is None:
        raise NotFound("not_found", f"There is no device {name[:60]!r} here.")
    return found


def device_of_token(token_hash: str) -> EdgeDevice | None:
    return EdgeDevice.objects.filter(token_hash=token_hash).select_related("workspace").first()


def device_of_code(code_hash: str) -> EdgeDevice | None:
    return EdgeDevice.objects.filter(code_hash=code_hash).select_related("workspace").first()


def modules_of(device: EdgeDevice) -> "QuerySet[EdgeModule]":
    """Its modules by name, each with its image and the one before it."""
    rows = EdgeModule.objects.filter(device=device)
    return rows.select_related(
        "device__workspace", "image_version__image__workspace", "image_version__environment", "image_version__connection",
        "previous__image__workspace",
    )  # fmt: skip


def module_at(device: EdgeDevice, name: str) -> EdgeModule:
    """The module of this name. Raises NotFound."""
    found = modules_of(device).filter(name=name).first()
    if found is None:
        raise NotFound("not_found", f"The device {device.name} has no module {name[:60]!r}.")
    return found


def image_on(device: EdgeDevice, version_id: int) -> ImageVersion:
    """An image that a module of this device shall run. Raises NotFound for all others."""
    rows = modules_of(device).filter(image_version=version_id) if version_id < 2**63 else EdgeModule.objects.none()
    found = rows.first()
    if found is None:
        raise NotFound("not_found", "No module of this device runs such an image.")
    return found.image_version


def events_of(device: EdgeDevice) -> "QuerySet[EdgeEvent]":
    return EdgeEvent.objects.filter(device=device).select_related("actor")


def is_online(device: EdgeDevice) -> bool:
    """Whether the device was heard of lately."""
    return device.seen_at is not None and device.seen_at >= silent_since()


def silent_since() -> datetime:
    """Who was last heard of before this moment is offline."""
    return timezone.now() - timedelta(seconds=settings.EDGE_OFFLINE_SECONDS)


def state_of(device: EdgeDevice) -> str:
    """`new` until it is enrolled, then `online` or `offline`; `revoked` when nothing opens the studio to it any more."""
    if not device.token_hash:
        return "revoked" if device.enrolled_at and not device.code_hash else "new"
    return "online" if is_online(device) else "offline"


def running(version: ImageVersion) -> list[EdgeModule]:
    """The modules that shall run this version now."""
    rows = EdgeModule.objects.filter(image_version=version).select_related("device__workspace")
    return list(rows.order_by("device__name", "name")[:100])


def uses_of_images(versions: Sequence[ImageVersion]) -> list[str]:
    """One sentence for each module that runs one of these versions, or goes back to it."""
    held = Q(image_version__in=list(versions)) | Q(previous__in=list(versions))
    rows = EdgeModule.objects.filter(held).select_related("device", "image_version__image", "previous__image")
    wanted = {version.pk for version in versions}
    return [_use(row, wanted) for row in rows.order_by("device__name", "name")[:20]]


def _use(row: EdgeModule, wanted: set[int]) -> str:
    if row.image_version_id in wanted:
        return f"The module {row.name} of the device {row.device} runs {row.image_version}."
    return f"The module {row.name} of the device {row.device} can be rolled back to {row.previous}."


def label_devices(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    """Devices by name, for the lineage."""
    keys = [int(key) for key in ids if key.isascii() and key.isdigit()]
    rows = EdgeDevice.objects.filter(workspace=workspace, pk__in=keys).select_related("workspace")
    return {str(row.pk): labels.Label("edge_device", row.name, row.get_absolute_url()) for row in rows}
