"""Who hears of a change: the feed, open pages, the device's own list of events, the person who enrolled it."""

from collections.abc import Sequence

from registry.edge.models import EdgeDevice, EdgeEvent
from registry.edge.reading import Said
from studio.accounts.models import User
from studio.activity import services as activity
from studio.live import topics
from studio.live.publish import publish
from studio.notifications import services as notifications

KEPT = 500  # events of one device


def note(*, actor: User | None, device: EdgeDevice, verb: str, detail: str = "") -> None:
    """A line in the feed about a device, and a hint to open pages."""
    url = "" if verb == "deleted" else device.get_absolute_url()
    activity.record(
        actor=actor, workspace=device.workspace, verb=f"device.{verb}", subject=device.subject, label=device.name,
        url=url, detail=detail,
    )  # fmt: skip
    hint(device)


def event(device: EdgeDevice, kind: str, detail: str = "", *, module: str = "", actor: User | None = None) -> None:
    """One line of the device's own events, and a hint."""
    EdgeEvent.objects.create(device=device, kind=kind, module=module, detail=detail[:1000], actor=actor)
    hint(device)


def events(device: EdgeDevice, said: Sequence[Said]) -> None:
    """What a device told, in its order; the oldest events go once there are too many."""
    if not said:
        return
    EdgeEvent.objects.bulk_create(
        EdgeEvent(device=device, kind=one.kind, module=one.module, detail=one.detail, at=one.at) for one in said
    )
    rows = EdgeEvent.objects.filter(device=device).order_by("-pk")
    last = rows.values_list("pk", flat=True)[KEPT : KEPT + 1]
    for pk in list(last):
        rows.filter(pk__lte=pk).delete()
    hint(device)


def hint(device: EdgeDevice) -> None:
    publish(topics.workspace(device.workspace.slug), "devices", device=device.pk)


def warn(device: EdgeDevice, matter: str, text: str) -> None:
    """Whoever made the device hears that something is wrong there."""
    if device.created_by is not None:
        notifications.notify(
            user=device.created_by, workspace=device.workspace, matter=f"{device.subject}:{matter}", text=text[:400],
            url=device.get_absolute_url(), level="danger",
        )  # fmt: skip
