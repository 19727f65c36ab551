"""The legal moves of a job and the one function that makes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from compute.jobs import clock, handlers
from compute.jobs.models import FINAL_STATES, Job, JobEvent, JobState
from studio import rows
from studio.accounts.models import User
from studio.errors import Conflict, NotFound
from studio.live import pacing, topics

ALLOWED: dict[str, frozenset[str]] = {
    # An attached script is running when the studio first hears of it.
    JobState.CREATED: frozenset({JobState.QUEUED, JobState.RUNNING, JobState.CANCELED}),
    JobState.QUEUED: frozenset({JobState.PREPARING, JobState.FAILED, JobState.CANCELED}),
    # Back to the queue: the runner never started.
    JobState.PREPARING: frozenset({JobState.QUEUED, JobState.RUNNING, JobState.FAILED, JobState.CANCELED}),
    JobState.RUNNING: frozenset({JobState.FINALIZING, JobState.COMPLETED, JobState.FAILED, JobState.CANCELED}),
    JobState.FINALIZING: frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELED}),
    JobState.COMPLETED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELED: frozenset(),
}

_AS_KNOWN = '"id" = %s AND "state" = %s AND "attempt" = %s'


def move(
    job: Job,
    *,
    to: str,
    attempt: int | None = None,
    only_from: Iterable[str] | None = None,
    actor: User | None = None,
    reason: str = "",
    detail: str = "",
    is_new_attempt: bool = False,
    **fields: Any,
) -> Job:
    """Move `job` to the state `to`, setting `fields` with it, and tell its handler in the same transaction.

    `is_new_attempt` raises the fencing number in the same statement.

    The move is one conditional update: of two at once exactly one wins. Raises Conflict when the job is in no state
    from which this move is legal (or is not in `only_from`), or when `attempt` is no longer the current one.
    """
    with transaction.atomic():
        if to in FINAL_STATES:
            fields = {"ended_at": clock.now(), "reason": reason, "lease_until": None, "lost_contact_at": None} | fields
        from_state = _swap(
            job, to=to, attempt=attempt, only_from=only_from, is_new_attempt=is_new_attempt, fields=fields
        )
        event = JobEvent(
            job=job,
            attempt=job.attempt,
            from_state=from_state,
            to_state=to,
            reason=reason,
            detail=detail[:1000],
            actor=actor,
        )
        rows.insert([event])
        handlers.of(job.kind).moved(job, from_state, to)
        pacing.publish_paced(topics.workspace(job.workspace.slug), "compute")
    return job


def _swap(
    job: Job,
    *,
    to: str,
    attempt: int | None,
    only_from: Iterable[str] | None,
    is_new_attempt: bool,
    fields: dict[str, Any],
) -> str:
    """Compare and set, in the row and in `job`; answers the state the job came from."""
    known = Known(job.state, job.attempt)  # what the caller has read is mostly so still
    if known.leads(to, attempt=attempt, only_from=only_from):
        changes = {"state": to, "attempt": known.attempt + is_new_attempt, **fields}
        if _change(job, known, changes):
            for name, value in changes.items():
                setattr(job, name, value)
            return known.state
    # Another writer may move the job between our look and our update: look again, a few times is enough because
    # a job has few states and never goes round in a circle quickly.
    for _ in range(5):
        seen = Job.objects.filter(pk=job.pk).values_list("state", "attempt").first()
        if seen is None:
            raise NotFound("job_gone", "This job no longer exists.")
        known = Known(*seen)
        known.check(to=to, attempt=attempt, only_from=only_from)
        if _change(job, known, {"state": to, "attempt": known.attempt + is_new_attempt, **fields}):
            job.refresh_from_db(from_queryset=Job.objects.select_related("workspace"))
            return known.state
    raise Conflict("job_busy", "The job's state changed several times just now. Try again.")


def _change(job: Job, known: "Known", changes: dict[str, Any]) -> bool:
    return rows.change(Job, changes, _AS_KNOWN, [job.pk, known.state, known.attempt]) > 0


@dataclass(frozen=True, slots=True)
class Known:
    """A job as somebody has seen it."""

    state: str
    attempt: int

    def leads(self, to: str, *, attempt: int | None, only_from: Iterable[str] | None) -> bool:
        """Whether the move to `to` is legal."""
        try:
            self.check(to=to, attempt=attempt, only_from=only_from)
        except Conflict:
            return False
        return True

    def check(self, *, to: str, attempt: int | None, only_from: Iterable[str] | None) -> None:
        """Raise Conflict, saying why, where it is not."""
        if attempt is not None and attempt != self.attempt:
            raise Conflict("stale_attempt", f"Attempt {attempt} of this job is over; attempt {self.attempt} counts.")
        if self.state in FINAL_STATES:
            raise Conflict("job_finished", f"This job has already ended: it is {self.state}.")
        if to not in ALLOWED[self.state] or (only_from is not None and self.state not in set(only_from)):
            raise Conflict("job_state", f"A job that is {self.state} cannot become {to}.")
