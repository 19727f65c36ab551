"""Use cases of jobs: making, queueing, stopping them, and what their runners report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from compute.jobs import clock, endings, handlers, state, tasks
from compute.jobs.models import FINAL_STATES, LIVE_STATES, Job, JobEvent, JobState, Reason
from compute.jobs.spec import RESERVED_VARIABLES
from compute.targets.models import ComputeTarget
from studio import rows
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Invalid
from studio.live import topics
from studio.live.publish import publish

REPORTED_STATES = frozenset({JobState.RUNNING, JobState.FINALIZING})


@dataclass(frozen=True, slots=True)
class Orders:
    """What a reporting runner is told: whether to stop, how gently, and how long its lease is."""

    cancel: bool
    grace_seconds: float
    lease_seconds: float


def create_job(
    *,
    actor: User | None,
    workspace: Workspace,
    target: ComputeTarget,
    kind: str,
    title: str,
    spec: dict[str, Any],
    priority: int = 0,
    slots: int = 1,
    parent: Job | None = None,
) -> Job:
    """A job in state `created`: nothing happens before `enqueue`."""
    job = new_job(
        actor=actor,
        workspace=workspace,
        target=target,
        kind=kind,
        title=title,
        spec=spec,
        priority=priority,
        slots=slots,
        parent=parent,
    )
    job.save(force_insert=True)
    return job


def new_job(
    *,
    actor: User | None,
    workspace: Workspace,
    target: ComputeTarget,
    kind: str,
    title: str,
    spec: dict[str, Any],
    priority: int = 0,
    slots: int = 1,
    parent: Job | None = None,
) -> Job:
    """`create_job` without saving it: for `queue_all`."""
    if target.workspace_id not in {None, workspace.pk}:
        raise Invalid("target_unknown", f"There is no compute target {target.name} in this workspace.")
    _refuse_reserved(spec.get("environment_variables") or {})
    return Job(
        workspace=workspace,
        target=target,
        parent=parent,
        kind=kind,
        title=title[:300],
        spec=spec,
        priority=priority,
        slots=slots,
        created_by=actor,
    )


def queue_all(*, actor: User | None, jobs: Sequence[Job]) -> None:
    """Save new jobs that begin their lives in the queue, by few statements; the caller holds the transaction.

    Their owner makes its own rows accordingly: of a beginning nobody is told.
    """
    moment = clock.now()
    for job in jobs:
        job.state, job.queued_at = JobState.QUEUED, moment
    rows.insert(jobs)
    rows.insert(
        [
            JobEvent(job=job, attempt=0, from_state=JobState.CREATED, to_state=JobState.QUEUED, actor=actor)
            for job in jobs
        ]
    )
    for job in {job.target_id: job for job in jobs}.values():
        _wake(job)


def enqueue(*, actor: User | None, job: Job) -> Job:
    """Put a created job into its target's queue and wake the dispatcher."""
    with transaction.atomic():
        state.move(job, to=JobState.QUEUED, only_from={JobState.CREATED}, actor=actor, queued_at=clock.now())
        _wake(job)
    return job


def attach(*, actor: User, workspace: Workspace, title: str, parent: Job | None = None) -> Job:
    """A `running` job without a target: a script that reports by itself.

    Below a parent it belongs to the job whose token the script holds, however deep the nesting of its runs.
    """
    top = parent.parent if parent is not None and parent.is_attached and parent.parent else parent
    moment = clock.now()
    with transaction.atomic():
        job = Job.objects.create(
            workspace=workspace, kind="run", title=title[:300], created_by=actor, parent=top, attempt=1
        )
        state.move(
            job,
            to=JobState.RUNNING,
            only_from={JobState.CREATED},
            actor=actor,
            detail="attached",
            started_at=moment,
            heartbeat_at=moment,
            lease_until=_lease_from(moment),
        )
    return job


def request_stop(*, actor: User | None, job: Job, reason: str = Reason.USER) -> Job:
    """Cancel a job that has not started; ask one that has to stop. Raises Conflict when it has already ended."""
    with transaction.atomic():
        # A dispatcher may claim the job between our look and our move: then it is live, and is asked to stop.
        try:
            state.move(
                job,
                to=JobState.CANCELED,
                only_from={JobState.CREATED, JobState.QUEUED},
                actor=actor,
                reason=reason,
                cancel_requested_at=clock.now(),
                cancel_reason=reason,
            )
        except Conflict as error:
            if error.code == "job_finished":
                raise
            _ask_to_stop(job, actor=actor, reason=reason)
    return job


def heartbeat(*, job: Job, attempt: int, pid: int | None = None, pgid: int | None = None, host: str = "") -> Orders:
    """Renew the lease; what the runner shall do is in the answer.

    Raises Conflict for an attempt that no longer counts and for a job that has ended.
    """
    moment = clock.now()
    process = {name: value for name, value in {"pid": pid, "pgid": pgid, "host": host}.items() if value}
    changes: dict[str, Any] = {"heartbeat_at": moment, "lease_until": _lease_from(moment)}
    if process and process != job.process:
        changes["process"] = process
    _require(job, attempt, Job.objects.filter(_current(job, attempt)).update(**changes))
    if job.lost_contact_at is not None:
        _heal(job, attempt)
    return orders(job=job)


def orders(*, job: Job) -> Orders:
    """What the job's runner shall do now."""
    return Orders(
        cancel=job.cancel_requested_at is not None,
        grace_seconds=settings.CANCEL_GRACE_SECONDS,
        lease_seconds=settings.LEASE_SECONDS,
    )


def report_state(*, job: Job, attempt: int, reported: str, detail: str = "", age_seconds: float = 0) -> Job:
    """The runner says how far it is. Saying it twice changes nothing.

    `age_seconds` is how long ago it happened, for a report that could not be delivered at once.
    """
    if reported not in REPORTED_STATES:
        raise Invalid(
            "job_state", f"A runner reports running or finalizing, not {reported}.", fields={"state": "unknown"}
        )
    moment = clock.now()
    fields: dict[str, Any] = {"heartbeat_at": moment, "lease_until": _lease_from(moment), "lost_contact_at": None}
    if reported == JobState.RUNNING:
        fields["started_at"] = moment - timedelta(seconds=age_seconds)
    try:
        return state.move(job, to=reported, attempt=attempt, detail=detail, **fields)
    except Conflict:
        job.refresh_from_db()
        if job.attempt == attempt and _has_passed(job.state, reported):
            return job
        raise


def finish(
    *, job: Job, attempt: int, exit_code: int | None, signal: str = "", reason: str = "", message: str = ""
) -> Job:
    """The end of a job as its runner (or its attached script) reports it. Repeating the report changes nothing.

    Raises Conflict when another attempt counts by now.
    """
    ending = endings.Ending(exit_code=exit_code, signal=signal, reason=reason, message=message)
    endings.end(job, attempt=attempt, ending=ending)
    _wake(job)
    return job


def wake(*, target: ComputeTarget) -> None:
    """Let the dispatcher look at a target whose capacity has changed."""
    tasks.dispatch.delay_on_commit(target.pk)


def check_place(*, target: ComputeTarget) -> None:
    """Let the worker look at the place of a target now."""
    tasks.look_at_target.delay_on_commit(target.pk)


def _refuse_reserved(variables: dict[str, Any]) -> None:
    taken = sorted(RESERVED_VARIABLES.intersection(variables))
    if taken:
        raise Invalid(
            "reserved_variable",
            f"The environment variable {taken[0]} is set by the studio itself.",
            hint="Use another name.",
            fields={f"environment_variables.{name}": "set by the studio" for name in taken},
        )


def _ask_to_stop(job: Job, *, actor: User | None, reason: str) -> None:
    asked = Job.objects.filter(pk=job.pk, cancel_requested_at=None).exclude(state__in=FINAL_STATES)
    changed = asked.update(cancel_requested_at=clock.now(), cancel_reason=reason)
    job.refresh_from_db()
    if job.is_finished:
        raise Conflict("job_finished", f"This job has already ended: it is {job.state}.")
    if changed:
        JobEvent.objects.create(
            job=job,
            attempt=job.attempt,
            from_state=job.state,
            to_state=job.state,
            reason=reason,
            detail="asked to stop",
            actor=actor,
        )
        publish(topics.workspace(job.workspace.slug), "compute")
    tasks.enforce_cancel.delay_on_commit(job.pk)


def _heal(job: Job, attempt: int) -> None:
    """Contact is back: take the flag away, once."""
    with transaction.atomic():
        healed = Job.objects.filter(_current(job, attempt), lost_contact_at__isnull=False).update(lost_contact_at=None)
        job.refresh_from_db()
        if healed:
            handlers.of(job.kind).contact(job)
            publish(topics.workspace(job.workspace.slug), "compute")


def _current(job: Job, attempt: int) -> Q:
    return Q(pk=job.pk, attempt=attempt, state__in=LIVE_STATES)


def _require(job: Job, attempt: int, changed: int) -> None:
    """A write that found no row: say which of the two reasons it was."""
    if changed:
        return
    job.refresh_from_db()
    if job.attempt != attempt:
        raise Conflict("stale_attempt", f"Attempt {attempt} of this job is over; attempt {job.attempt} counts.")
    raise Conflict("job_finished", f"This job is {job.state}: it takes no more reports.")


def _has_passed(current: str, wanted: str) -> bool:
    return current == wanted or (wanted == JobState.RUNNING and current == JobState.FINALIZING)


def _lease_from(moment: Any) -> Any:
    return moment + timedelta(seconds=settings.LEASE_SECONDS)


def _wake(job: Job) -> None:
    if job.target_id is not None:
        tasks.dispatch.delay_on_commit(job.target_id)
