"""The life of a profile: queued → running → ready | failed, and failed → queued when somebody asks again."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from registry.data.assets.models import DataVersion
from registry.data.explore.models import DataProfile
from studio.errors import Conflict

State = DataProfile.State
OPEN = (State.QUEUED, State.RUNNING)
LEASE = timedelta(minutes=5)


def begin(version: DataVersion) -> tuple[DataProfile, bool]:
    """The version's profile, made or begun again after a failure; and whether there is anything new to do."""
    profile, is_new = DataProfile.objects.get_or_create(version=version)
    if is_new:
        return profile, True
    changed = DataProfile.objects.filter(pk=profile.pk, state=State.FAILED).update(
        state=State.QUEUED, problem="", columns=[], correlations=None, row_count=None, lease_until=None,
        created_at=timezone.now(), finished_at=None,
    )  # fmt: skip
    profile.refresh_from_db()
    return profile, bool(changed)


def claim(profile_id: int) -> DataProfile | None:
    """The profile for whoever works at it now; None when somebody else does, or nothing is left to do."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = DataProfile.objects.filter(free, pk=profile_id, state__in=OPEN)
    if not rows.update(state=State.RUNNING, lease_until=now + LEASE):
        return None
    return DataProfile.objects.select_related(
        "version__asset__workspace", "version__manifest", "version__datastore"
    ).get(pk=profile_id)


def keep(profile: DataProfile, **progress: Any) -> None:
    """Write down what is done so far and go on. Raises Conflict when somebody else has taken over."""
    until = timezone.now() + LEASE
    rows = DataProfile.objects.filter(pk=profile.pk, state=State.RUNNING, lease_until=profile.lease_until)
    if not rows.update(lease_until=until, **progress):
        raise Conflict("profile_taken", "Another worker goes on with this profile.")
    profile.lease_until = until


def release(profile: DataProfile, *, until: datetime | None = None) -> None:
    """Let the next step be made, at once or from `until` on."""
    rows = DataProfile.objects.filter(pk=profile.pk, state=State.RUNNING, lease_until=profile.lease_until)
    rows.update(lease_until=until)


def finish(profile: DataProfile, *, to: str, **facts: Any) -> None:
    rows = DataProfile.objects.filter(pk=profile.pk, state=State.RUNNING)
    rows.update(state=to, lease_until=None, finished_at=timezone.now(), **facts)


def open_ids(limit: int = 100) -> list[int]:
    """Profiles whose next step nobody makes."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    rows = DataProfile.objects.filter(free, state__in=OPEN).order_by("created_at")
    return list(rows.values_list("pk", flat=True)[:limit])
