"""The legal moves of batch jobs and their parts; each is one conditional update, so of two at once one wins."""

import time
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from registry.batch.models import BatchJob, BatchPart

S, P = BatchJob.State, BatchPart.State
JOB: dict[str, frozenset[str]] = {
    S.PENDING: frozenset({S.RUNNING, S.FAILED, S.CANCELED}),
    S.RUNNING: frozenset({S.FINALIZING, S.FAILED, S.CANCELED}),
    S.FINALIZING: frozenset({S.COMPLETED, S.FAILED, S.CANCELED}),
    S.COMPLETED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELED: frozenset(),
}
LEASE = timedelta(seconds=60)  # of the task that splits or puts together
RENEW_SECONDS = 10.0
PART_LEASE = timedelta(seconds=60)  # of a worker that holds a part; it says every few seconds that it is alive


def move(batch: BatchJob, *, to: str, lease: Any = None, **facts: Any) -> bool:
    """Move the job on; False when somebody moved it meanwhile, or (with `lease`) when that lease is not held any more."""
    allowed = [state for state, targets in JOB.items() if to in targets]
    rows = BatchJob.objects.filter(pk=batch.pk, state__in=allowed)
    if lease is not None:
        rows = rows.filter(lease_until=lease)
    if to in BatchJob.FINAL:
        facts.setdefault("ended_at", timezone.now())
    facts.setdefault("lease_until", None)
    moved = rows.update(state=to, **facts)
    if moved:
        batch.state = to
        for name, value in facts.items():
            setattr(batch, name, value)
    return bool(moved)


def claim(batch: BatchJob) -> Any:
    """Take the job's lease; None while another task holds it."""
    now = timezone.now()
    until = now + LEASE
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = BatchJob.objects.filter(free, pk=batch.pk, state=batch.state)
    return until if rows.update(lease_until=until) else None


class Lost(Exception):
    """Another task has the lease by now, or the job has moved on."""


class Keeper:
    """Holds a job's lease while the work goes on."""

    def __init__(self, batch: BatchJob, lease: Any) -> None:
        self._batch = batch
        self._renewed = time.monotonic()
        self.lease = lease

    def alive(self) -> None:
        """The work goes on. Raises Lost; writes at most every few seconds."""
        if time.monotonic() - self._renewed > RENEW_SECONDS:
            self.extend(LEASE)

    def extend(self, by: timedelta) -> None:
        """The lease anew, for so long."""
        until = timezone.now() + by
        rows = BatchJob.objects.filter(pk=self._batch.pk, state=self._batch.state, lease_until=self.lease)
        if not rows.update(lease_until=until):
            raise Lost
        self.lease, self._renewed = until, time.monotonic()


def move_part(part: BatchPart, *, to: str, **facts: Any) -> bool:
    """Move a part on from exactly how it was read: its state, its attempt, its worker."""
    rows = BatchPart.objects.filter(
        pk=part.pk, state=part.state, attempt=part.attempt, worker=part.worker_id, batch__state=S.RUNNING
    )
    moved = rows.update(state=to, **facts)
    if moved:
        part.state = to
        for name, value in facts.items():
            setattr(part, name, value)
    return bool(moved)
