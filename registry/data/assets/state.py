"""The life of a version: pending → ready | failed, and failed → pending when somebody asks for another try."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from registry.data.assets.models import DataVersion
from studio.errors import Conflict

State = DataVersion.State
MOVES: dict[str, frozenset[str]] = {
    State.PENDING: frozenset({State.READY, State.FAILED}),
    State.FAILED: frozenset({State.PENDING}),
    State.READY: frozenset(),
}
LEASE = timedelta(minutes=2)


def move(version: DataVersion, *, to: str, **facts: Any) -> DataVersion:
    """The version in another state, with these facts. Raises Conflict when it has moved on meanwhile."""
    allowed = [state for state, targets in MOVES.items() if to in targets]
    rows = DataVersion.objects.filter(pk=version.pk, state__in=allowed)
    if not rows.update(state=to, lease_until=None, **facts):
        raise Conflict("data_settled", f"{version} has been read already.", hint="Load it again.")
    version.refresh_from_db()
    return version


def claim(version_id: int) -> DataVersion | None:
    """The pending version for whoever reads its files now; None when somebody else does, or nothing is left to do."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = DataVersion.objects.filter(free, pk=version_id, state=State.PENDING)
    if not rows.update(lease_until=now + LEASE, attempts=F("attempts") + 1):
        return None
    return DataVersion.objects.select_related("asset__workspace", "datastore", "manifest").get(pk=version_id)


def keep(version: DataVersion) -> None:
    """Say that the work goes on."""
    DataVersion.objects.filter(pk=version.pk, state=State.PENDING).update(lease_until=timezone.now() + LEASE)


def release(version: DataVersion, *, until: datetime | None = None, **progress: Any) -> None:
    """Let the next step be made, at once or from `until` on. Progress sets the count of tries back."""
    changes: dict[str, Any] = {"lease_until": until, **progress}
    if progress:
        changes["attempts"] = 0
    DataVersion.objects.filter(pk=version.pk, state=State.PENDING).update(**changes)


def pending_ids(limit: int = 200) -> list[int]:
    """Versions whose next step nobody makes."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    rows = DataVersion.objects.filter(free, state=State.PENDING).order_by("created_at")
    return list(rows.values_list("pk", flat=True)[:limit])
