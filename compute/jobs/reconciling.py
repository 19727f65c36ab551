"""Comparing what the records say with what there really is. Every step may be done twice, by two at once."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from compute.backends.base import BackendUnavailable, ComputeBackend, JobReport, LeftLog
from compute.backends.registry import backend_of
from compute.jobs import clock, dispatching, endings, handlers, logs, state
from compute.jobs.models import LIVE_STATES, Job, JobState, Reason
from compute.targets.models import ComputeTarget
from studio.errors import Conflict
from studio.live import topics
from studio.live.publish import publish

logger = logging.getLogger(__name__)

# A claimed job that no worker launched within this time is launched again.
RELAUNCH_SECONDS = 10
# What a runner may need beyond the grace to report the end of what it stopped.
REPORT_SECONDS = 10
# Of a log that a dead runner left; a reconciliation must stay short.
LEFT_LOG_BYTES = 16 * 1024 * 1024


@dataclass(slots=True)
class Due:
    """What a reconciliation found to be done by tasks."""

    launches: list[int] = field(default_factory=list)
    dispatches: list[int] = field(default_factory=list)


def reconcile() -> Due:
    """Look at every live job once; answers the jobs to launch and the targets to dispatch."""
    due = Due()
    live = Job.objects.filter(state__in=LIVE_STATES).select_related("target", "workspace").order_by("pk")
    for job in live.iterator(chunk_size=200):
        _guarded(job, partial(_look_at, job, due))
    waiting = Job.objects.filter(state=JobState.QUEUED, target__isnull=False, target__is_paused=False)
    due.dispatches = list(waiting.order_by().values_list("target_id", flat=True).distinct())
    return due


def enforce_cancel(job_id: int) -> int | None:
    """Nudge the runner of a job that shall stop; end it by force once its grace has passed.

    Answers the target whose slots became free.
    """
    job = Job.objects.filter(pk=job_id, state__in=LIVE_STATES).select_related("target", "workspace").first()
    if job is None or job.cancel_requested_at is None or job.target is None or job.backend_ref is None:
        return None
    if _is_past_grace(job, clock.now()):
        _end_by_force(job, backend_of(job.target.kind))
        return job.target_id
    if job.heartbeat_at is not None:
        try:
            backend_of(job.target.kind).nudge(job.backend_ref)
        except BackendUnavailable as error:
            logger.info("job %s was not nudged, it will hear of the stop with its next heartbeat: %s", job.pk, error)
    return None


def _guarded(job: Job, step: Callable[[], None]) -> None:
    """One job's trouble must not keep the others from being looked at."""
    try:
        step()
    except (BackendUnavailable, Conflict) as error:
        logger.info("job %s is left for the next look: %s", job.pk, error)
    except Exception:  # a fault of ours or of a plug-in, which may raise anything: the trace is kept, the others go on
        logger.exception("job %s could not be reconciled", job.pk)


def _look_at(job: Job, due: Due) -> None:
    now = clock.now()
    if job.target is None:
        _look_at_attached(job, now)
    elif job.backend_ref is None:
        _look_at_unlaunched(job, now, due)
    else:
        _look_at_launched(job, job.target, now)


def _look_at_unlaunched(job: Job, now: datetime, due: Due) -> None:
    claimed_at = (job.lease_until or now) - timedelta(seconds=settings.START_TIMEOUT_SECONDS)
    if job.cancel_requested_at is not None and _is_past_grace(job, now):
        state.move(job, to=JobState.CANCELED, attempt=job.attempt, reason=job.cancel_reason or Reason.USER)
    elif job.lease_until is None or job.lease_until < now:
        _give_up_start(job)
    elif claimed_at + timedelta(seconds=RELAUNCH_SECONDS) < now:
        due.launches.append(job.pk)


def _look_at_launched(job: Job, target: ComputeTarget, now: datetime) -> None:
    backend = backend_of(target.kind)
    if job.cancel_requested_at is not None and _is_past_grace(job, now):
        _end_by_force(job, backend)
        return
    report = backend.poll(job.backend_ref or {})
    if report.alive:
        _look_at_living(job, backend, now)
    elif report.reason:
        # The runner ended without reaching us and left a note of how.
        _bury(job, backend, report, _ending_of(report))
    elif _is_lost_for_good(job, now):
        _bury(job, backend, report, _lost(job))
    else:
        _flag_lost(job, now)


def _bury(job: Job, backend: ComputeBackend, report: JobReport, ending: endings.Ending) -> None:
    """End a job whose runner is gone: nothing of it goes on, and what it had written is kept."""
    backend.stop(job.backend_ref or {}, grace=timedelta(0))
    if report.left_log is not None:
        _keep_left_log(job, report.left_log)
    endings.end(job, attempt=job.attempt, ending=ending)


def _keep_left_log(job: Job, left: LeftLog) -> None:
    """Append what the runner had not sent any more; the log's own offsets see to it that nothing comes twice."""
    job.refresh_from_db(fields=["log_size", "log_lines"])
    kept = 0
    try:
        with left.path.open("rb") as stream:
            stream.seek(max(job.log_size - left.offset, 0))
            while kept < LEFT_LOG_BYTES and (data := stream.read(logs.CHUNK_BYTES)):
                logs.append(job=job, attempt=job.attempt, offset=job.log_size, data=data)
                kept += len(data)
    except (OSError, Conflict) as error:
        logger.warning("the rest of the log of job %s could not be kept: %s", job.pk, error)


def _look_at_living(job: Job, backend: ComputeBackend, now: datetime) -> None:
    if job.lease_until is None or job.lease_until >= now:
        return
    # NULL heartbeats: a runner that never reported has not started, however alive its process is.
    if job.heartbeat_at is None:
        backend.stop(job.backend_ref or {}, grace=timedelta(0))
        _give_up_start(job)
    else:
        _flag_lost(job, now)


def _look_at_attached(job: Job, now: datetime) -> None:
    """A script of somebody's: nobody can be asked for it, so silence is only a flag, for a long time."""
    seen = job.heartbeat_at or job.created_at
    if job.cancel_requested_at is not None and job.cancel_requested_at < now - _silence_after_cancel():
        endings.end(job, attempt=job.attempt, ending=endings.Ending(reason=Reason.USER))
    elif seen < now - timedelta(seconds=settings.ATTACHED_SILENCE_SECONDS):
        endings.end(job, attempt=job.attempt, ending=_lost(job))
    elif job.lease_until is not None and job.lease_until < now:
        _flag_lost(job, now)


def _flag_lost(job: Job, now: datetime) -> None:
    """Set the flag once; a heartbeat that comes in between wins."""
    with transaction.atomic():
        flagged = Job.objects.filter(
            Q(heartbeat_at=job.heartbeat_at) | Q(heartbeat_at=None),
            pk=job.pk,
            attempt=job.attempt,
            state__in=LIVE_STATES,
            lost_contact_at=None,
        ).update(lost_contact_at=now)
        if not flagged:
            return
        job.refresh_from_db()
        handlers.of(job.kind).contact(job)
        publish(topics.workspace(job.workspace.slug), "compute")


def _give_up_start(job: Job) -> None:
    message = f"The runner did not report within {settings.START_TIMEOUT_SECONDS:g} s after its start."
    dispatching.give_back(job, attempt=job.attempt, reason=Reason.START_TIMEOUT, message=message)


def _end_by_force(job: Job, backend: ComputeBackend) -> None:
    """Kill first, look then: only a runner that is gone has left its log as it will stay."""
    ref = job.backend_ref or {}
    backend.stop(ref, grace=timedelta(0))
    ending = endings.Ending(reason=Reason.USER, message="It did not stop within its grace and was killed.")
    _bury(job, backend, backend.poll(ref), ending)


def _is_past_grace(job: Job, now: datetime) -> bool:
    if job.cancel_requested_at is None:
        return False
    patience = timedelta(seconds=settings.CANCEL_GRACE_SECONDS + REPORT_SECONDS)
    return job.cancel_requested_at + patience < now


def _silence_after_cancel() -> timedelta:
    return timedelta(seconds=2 * settings.LEASE_SECONDS)


def _is_lost_for_good(job: Job, now: datetime) -> bool:
    if job.lost_contact_at is None:
        return False
    return job.lost_contact_at + timedelta(seconds=settings.LOST_GRACE_SECONDS) <= now


def _ending_of(report: JobReport) -> endings.Ending:
    return endings.Ending(
        exit_code=report.exit_code, signal=report.signal, reason=report.reason, message=report.message
    )


def _lost(job: Job) -> endings.Ending:
    where = f" on {job.target.name}" if job.target else ""
    message = f"The runner{where} is gone without a report: it was killed, or its machine was."
    if job.target is None:
        message = "The script has not been heard of for a long time."
    return endings.Ending(reason=Reason.RUNNER_LOST, message=message)
