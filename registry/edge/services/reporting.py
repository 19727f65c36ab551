"""What devices report: kept when it is about the revision they were given, and told to open pages when it changed."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.edge.models import EdgeDevice
from registry.edge.reading import Report
from registry.edge.services import telling
from studio.errors import Conflict

# What of a module's report is news; figures and counts alone are not.
NEWS = ("state", "image", "version", "generation", "problem")
WARNED = ("rolled_back", "failed")


def take_report(*, device: EdgeDevice, token_hash: str, report: Report) -> EdgeDevice:
    """Keep what a device says. Raises Conflict for a report of another time: of a revision that there is not, or from before
    one that was reported already, or with a token that was replaced meanwhile."""
    with transaction.atomic():
        came_back = EdgeDevice.objects.filter(pk=device.pk, token_hash=token_hash, is_online=False)
        is_back = bool(came_back.update(is_online=True))
        rows = EdgeDevice.objects.filter(
            pk=device.pk, token_hash=token_hash, revision__gte=report.revision, reported_revision__lte=report.revision
        )
        changed = rows.update(
            seen_at=timezone.now(), facts=report.facts, reported_revision=report.revision, reported=report.modules,
            telemetry=report.telemetry,
        )  # fmt: skip
        if not changed:
            raise Conflict(
                "report_outdated",
                "This report is about a revision that the studio does not wait for.",
                hint="Fetch what the device shall run and report again.",
            )
        if is_back:
            telling.event(device, "Online")
        telling.events(device, report.events)
        _tell(device, report)
    device.refresh_from_db()
    return device


def _tell(device: EdgeDevice, report: Report) -> None:
    """A hint when something is other than in the report before; a word to whoever made the device when it went wrong."""
    before = device.reported
    if report.revision != device.reported_revision or _news(before) != _news(report.modules):
        telling.hint(device)
    for name, said in report.modules.items():
        earlier = before.get(name) or {}
        if said["state"] in WARNED and (said["state"], said["generation"]) != (
            earlier.get("state"),
            earlier.get("generation"),
        ):
            matter = f"{name}:{said['state']}:{report.revision}"
            telling.warn(device, matter, f"{name} on {device.name}: {said['problem'] or said['state']}")


def _news(modules: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(said.get(key) for key in NEWS) for name, said in modules.items()}
