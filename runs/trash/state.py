"""The life of a removal for good: waiting, running, done. A worker holds it by a lease and a number that only grows."""

from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from runs.trash.models import Purge

LEASE = timedelta(seconds=60)  # renewed by every turn; a killed worker's work is taken up this much later


class Superseded(Exception):
    """Another worker has taken the removal up, or it is done: this one must not write any more."""


def claim(purge_id: int) -> Purge | None:
    """Take a removal up; None when it is done, gone, or in the hands of a worker that is alive."""
    now = timezone.now()
    is_free = Q(lease_until=None) | Q(lease_until__lt=now)
    changed = (
        Purge.objects.filter(is_free, pk=purge_id)
        .exclude(state=Purge.State.DONE)
        .update(
            state=Purge.State.RUNNING,
            lease_until=now + LEASE,
            fence=F("fence") + 1,
            started_at=Coalesce(F("started_at"), now),
        )
    )
    return Purge.objects.select_related("workspace", "actor").get(pk=purge_id) if changed else None


def renew(purge: Purge) -> None:
    """Keep the lease; raises Superseded when it is no longer this worker's."""
    _require(_mine(purge).update(lease_until=timezone.now() + LEASE))


def release(purge: Purge) -> None:
    """Lay it down for the next worker, now."""
    _mine(purge).update(lease_until=None)


def finish(purge: Purge, *, problem: str) -> None:
    """Running → done, once. `problem` says what could not be removed yet."""
    _require(
        _mine(purge).update(state=Purge.State.DONE, ended_at=timezone.now(), lease_until=None, problem=problem[:1000])
    )


def open_ids() -> list[int]:
    """The removals that wait for a worker."""
    is_free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    rows = Purge.objects.filter(is_free, ~Q(state=Purge.State.DONE)).order_by("id")
    return list(rows.values_list("pk", flat=True))


def _mine(purge: Purge):  # type: ignore[no-untyped-def]  # a queryset, which django-stubs can't name here
    return Purge.objects.filter(pk=purge.pk, fence=purge.fence, state=Purge.State.RUNNING)


def _require(changed: int) -> None:
    if not changed:
        raise Superseded
