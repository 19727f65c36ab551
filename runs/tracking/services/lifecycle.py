"""Starting, stopping and repeating runs."""

from collections.abc import Mapping

from django.db import transaction

from compute.jobs import services as jobs
from runs.tracking import owners
from runs.tracking.jobfile import parse
from runs.tracking.models import Run, RunState
from runs.tracking.services import reported, submit
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict


def queue_run(*, actor: User, run: Run) -> Run:
    """A run that waits to be started joins the queue of its target. Raises Conflict when it was started already."""
    if run.state != RunState.CREATED or run.job is None:
        raise Conflict("run_started", f"This run is {run.state}, so it can't be started.", hint="Clone it instead.")
    if run.deleted_at is not None:
        raise Conflict("run_in_trash", "This run is in the trash, so it can't be started.", hint="Restore it first.")
    with transaction.atomic():
        jobs.enqueue(actor=actor, job=run.job)
        run.refresh_from_db()
        _record(actor, run, "run.submitted")
    return run


def stop_run(*, actor: User | None, run: Run, reason: str = "user") -> Run:
    """Ask the run to stop: a waiting one is canceled at once, a live one gets its grace.

    One that only its client knows of is marked as canceled. Raises Conflict when it has finished.
    """
    if run.is_finished:
        raise Conflict("run_finished", f"This run has already finished: it is {run.state}.")
    with transaction.atomic():
        owner = owners.of(run)
        if owner is not None:
            owner.stop(actor=actor, run=run, reason=reason)
        elif run.job is None:
            reported.report_state(actor=actor, run=run, to=RunState.CANCELED)
        else:
            jobs.request_stop(actor=actor, job=run.job, reason=reason)
        run.refresh_from_db()
        _record(actor, run, "run.stopped")
    return run


def clone_run(
    *,
    actor: User,
    run: Run,
    overrides: Mapping[str, object] | None = None,
    name: str = "",
    queue: bool = True,
    open_secrets: frozenset[str] | None = None,
) -> Run:
    """A new run of the same code, environment and inputs, with `overrides` such as {"inputs.lr": "0.1"} put in.

    Raises Conflict for a run that has no job definition (a script that reported by itself).
    """
    owner = owners.of(run)
    if owner is not None:
        return owner.repeat(actor=actor, run=run, overrides=overrides or {}, name=name, open_secrets=open_secrets)
    if run.definition is None:
        raise Conflict(
            "not_clonable",
            "This run was started outside the studio, so there is no job to repeat.",
            hint="Start its script again, or write a job file for it.",
        )
    job = parse.parse_object(run.definition, overrides)
    return submit.repeat_run(actor=actor, original=run, job=job, name=name, queue=queue, open_secrets=open_secrets)


def _record(actor: User | None, run: Run, verb: str) -> None:
    activity.record(
        actor=actor,
        workspace=run.workspace,
        verb=verb,
        subject=run.subject,
        label=run.name,
        url=run.get_absolute_url(),
    )
