"""From the queue to a running runner: claiming slots and launching."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from compute.backends.base import BackendUnavailable, Handover
from compute.backends.registry import backend_of, why_not_ready
from compute.jobs import clock, queries, starting, state, tokens
from compute.jobs.models import Job, JobState, Reason
from compute.targets.models import ComputeTarget
from studio.errors import Conflict

logger = logging.getLogger(__name__)

# How often a job goes back to the queue because its runner could not be started, before it fails.
START_ATTEMPTS = 2


def claim(target_id: int) -> list[int]:
    """Take the best waiting jobs while slots are free; the ids of those taken, to be launched.

    Two claimers at once never exceed the slots: the first statement writes the target's row, which makes the second
    claimer wait on PostgreSQL (row) and on SQLite (file) alike, until it can see what the first one took.
    """
    with transaction.atomic():
        if not ComputeTarget.objects.filter(pk=target_id, is_paused=False).update(slots=F("slots")):
            return []
        target = ComputeTarget.objects.get(pk=target_id)
        if why_not_ready(target.kind, target.settings):
            return []
        return _taken(target)


def _taken(target: ComputeTarget) -> list[int]:
    """Take from the head of the queue while slots are free. What is still being made for a job lets others pass it."""
    claimed: list[int] = []
    held: list[int] = []
    free = target.slots - queries.busy_slots(target)
    while free > 0:
        job = queries.queue_of(target).filter(slots__lte=target.slots).exclude(pk__in=held).first()
        # The head of the queue waits for all its slots: letting smaller jobs pass would starve it.
        if job is None or job.slots > free:
            break
        if not starting.has_image(job, target):
            held.append(job.pk)
            continue
        _take(job)
        claimed.append(job.pk)
        free -= job.slots
    return claimed


def launch(job_id: int) -> None:
    """Start the runner of a claimed job. Doing it twice finds the first runner."""
    job = _launchable(job_id)
    if job is None or job.target is None:
        return
    attempt = job.attempt
    try:
        backend = backend_of(job.target.kind)
        ref = backend.submit(_handover(job))
    except BackendUnavailable as error:
        # While the whole place is away the job only waits; that is no try of its own.
        waits = bool(why_not_ready(job.target.kind, job.target.settings))
        message = f"The runner could not be started: {error}"
        give_back(job, attempt=attempt, reason=Reason.BACKEND, message=message, counts=not waits)
        return
    kept = Job.objects.filter(pk=job.pk, attempt=attempt, state__in=_STARTING).update(backend_ref=ref)
    if not kept:
        # Canceled or given up while the runner was starting: it has nobody to work for.
        backend.stop(ref, grace=timedelta(0))


def give_back(job: Job, *, attempt: int, reason: str, message: str, counts: bool = True) -> None:
    """A job whose runner did not start: back to the queue the first time, failed the second. `counts`: it was a real try."""
    try:
        if job.cancel_requested_at is not None:
            state.move(job, to=JobState.CANCELED, attempt=attempt, reason=job.cancel_reason or Reason.USER)
        elif attempt < START_ATTEMPTS or not counts:
            state.move(
                job,
                to=JobState.QUEUED,
                attempt=attempt,
                only_from={JobState.PREPARING},
                reason=reason,
                detail=message,
                backend_ref=None,
                token_hash="",
                lease_until=None,
                heartbeat_at=None,
                lost_contact_at=None,
            )
        else:
            state.move(job, to=JobState.FAILED, attempt=attempt, reason=reason, detail=message, message=message)
    except Conflict as error:
        logger.info("job %s was not given back: %s", job.pk, error)


_STARTING = (JobState.PREPARING, JobState.RUNNING, JobState.FINALIZING)


def _take(job: Job) -> None:
    state.move(
        job,
        to=JobState.PREPARING,
        only_from={JobState.QUEUED},
        attempt=job.attempt,
        detail="claimed",
        is_new_attempt=True,
        backend_ref=None,
        heartbeat_at=None,
        lease_until=clock.now() + timedelta(seconds=settings.START_TIMEOUT_SECONDS),
    )


def _launchable(job_id: int) -> Job | None:
    job = (
        Job.objects.select_related("target", "workspace")
        .filter(pk=job_id, state=JobState.PREPARING, backend_ref__isnull=True, target__isnull=False)
        .first()
    )
    if job is None or job.cancel_requested_at is None:
        return job
    try:
        state.move(job, to=JobState.CANCELED, attempt=job.attempt, reason=job.cancel_reason or Reason.USER)
    except Conflict as error:
        logger.info("job %s was not canceled before its launch: %s", job.pk, error)
    return None


def _handover(job: Job) -> Handover:
    assert job.target is not None
    return Handover(
        job_id=job.pk,
        attempt=job.attempt,
        workspace=job.workspace.slug,
        url=settings.RUNNER_URL,
        token=tokens.issue(job),
        settings=job.target.settings,
        image=starting.image_of(job, job.target),
    )
