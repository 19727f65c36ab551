"""The legal moves of a job and the one function that makes them."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F

from compute.jobs import clock, handlers
from compute.jobs.models import FINAL_STATES, Job, JobEvent, JobState
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
        if is_new_attempt:
            fields["attempt"] = F("attempt") + 1
        from_state = _swap(job, to=to, attempt=attempt, only_from=only_from, fields=fields)
        if is_new_attempt:
            job.refresh_from_db(from_queryset=Job.objects.select_related("workspace"))
        JobEvent.objects.create(
            job=job,
            attempt=job.attempt,
            from_state=from_state,
            to_state=to,
            reason=reason,
            detail=detail[:1000],
            actor=actor,
        )
        handlers.of(job.kind).moved(job, from_state, to)
        pacing.publish_paced(topics.workspace(job.workspace.slug), "compute")
    return job


def _swap(job: Job, *, to: str, attempt: int | None, only_from: Iterable[str] | None, fields: dict[str, Any]) -> str:
    """Compare and set, in the row and in `job`; answers the state the job came from."""
    known = {"state": job.state, "attempt": job.attempt}  # what the caller has read is mostly so still
    changes = {"state": to, **fields}
    is_legal = _is_legal(known, to=to, attempt=attempt, only_from=only_from)
    if is_legal and Job.objects.filter(pk=job.pk, **known).update(**changes):
        for name, value in changes.items():
            setattr(job, name, value)
        return str(known["state"])
    # Another writer may move the job between our look and our update: look again, a few times is enough because
    # a job has few states and never goes round in a circle quickly.
    for _ in range(5):
        seen = Job.objects.filter(pk=job.pk).values("state", "attempt").first()
        if seen is None:
            raise NotFound("job_gone", "This job no longer exists.")
        _check(seen["state"], seen["attempt"], to=to, attempt=attempt, only_from=only_from)
        if Job.objects.filter(pk=job.pk, **seen).update(**changes):
            job.refresh_from_db(from_queryset=Job.objects.select_related("workspace"))
            return str(seen["state"])
    raise Conflict("job_busy", "The job's state changed several times just now. Try again.")


def _is_legal(known: dict[str, Any], **wanted: Any) -> bool:
    try:
        _check(known["state"], known["attempt"], **wanted)
    except Conflict:
        return False
    return True


def _check(state: str, current: int, *, to: str, attempt: int | None, only_from: Iterable[str] | None) -> None:
    if attempt is not None and attempt != current:
        raise Conflict("stale_attempt", f"Attempt {attempt} of this job is over; attempt {current} counts.")
    if state in FINAL_STATES:
        raise Conflict("job_finished", f"This job has already ended: it is {state}.")
    if to not in ALLOWED[state] or (only_from is not None and state not in set(only_from)):
        raise Conflict("job_state", f"A job that is {state} cannot become {to}.")
