"""Runs that report by themselves: a notebook or a script somewhere opens one, logs, and says how it ended."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from compute.jobs import services as jobs
from compute.jobs.models import Reason
from runs.tracking import state
from runs.tracking.models import Run, RunState
from runs.tracking.names import new_run_name
from runs.tracking.services import experiments, git_facts, records, submit, words
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.activity.models import Activity
from studio.errors import Conflict, Invalid
from studio.identifiers import is_run_id, new_run_id

ENDS = {
    RunState.COMPLETED: (0, Reason.CLIENT),
    RunState.FAILED: (1, Reason.CLIENT),
    RunState.CANCELED: (None, Reason.USER),
}
MAX_MESSAGE = 4000


def start_run(
    *,
    actor: User,
    workspace: Workspace,
    experiment: str = submit.DEFAULT_EXPERIMENT,
    name: str = "",
    parent: Run | None = None,
    tags: Mapping[str, words.Scalar] | None = None,
    params: Mapping[str, words.Scalar] | None = None,
    description: str = "",
    git: Mapping[str, Any] | None = None,
    run_id: str = "",
) -> Run:
    """A running run. A client may bring its own id: asked again with it, the same person gets the same run.

    Raises Conflict when the id is somebody else's.
    """
    if run_id:
        known = _known(actor, workspace, run_id)
        if known is not None:
            return known
    values = {
        "name": words.clean_name(name) if name.strip() else new_run_name(),
        "description": words.clean_text(description, field="description", limit=records.MAX_DESCRIPTION),
        "git": git_facts.clean(git or {}),
    }
    clean_tags, clean_params = words.clean_tags(tags or {}), words.clean_params(params or {})
    path = experiments.clean_path(experiment or submit.DEFAULT_EXPERIMENT)
    try:
        with transaction.atomic():
            run = _create(actor, workspace, path, parent, run_id or new_run_id(), values)
            records.log_params(actor=actor, run=run, params=clean_params)
            records.set_tags(actor=actor, run=run, tags=clean_tags)
    except IntegrityError:
        # The same start came twice at once: the first one's run is the run.
        known = _known(actor, workspace, run_id)
        if known is None:
            raise
        return known
    return run


def finish_run(
    *, actor: User, run: Run, state: str = RunState.COMPLETED, exit_code: int | None = None, message: str = ""
) -> Run:
    """The script says how it ended; saying the same again changes nothing. Raises Conflict for another end."""
    if state not in ENDS:
        raise Invalid("invalid_value", "A run ends as completed, failed or canceled.", fields={"state": "not an end"})
    if run.job is None or not run.job.is_attached:
        raise Conflict("run_not_attached", "This run is ended by its runner, not by a client.")
    if run.is_finished:
        return _same_end(run, state)
    usual, reason = ENDS[RunState(state)]
    agrees = exit_code is not None and (exit_code == 0) == (state == RunState.COMPLETED)
    text = words.clean_text(message, field="message", limit=1_000_000)[-MAX_MESSAGE:]
    jobs.finish(
        job=run.job,
        attempt=run.job.attempt,
        exit_code=exit_code if agrees else usual,
        reason=reason,
        message=text,
    )
    run.refresh_from_db()
    return run


def _create(
    actor: User, workspace: Workspace, path: str, parent: Run | None, run_id: str, values: Mapping[str, Any]
) -> Run:
    job = jobs.attach(actor=actor, workspace=workspace, title=values["name"], parent=parent.job if parent else None)
    run = Run.objects.create(
        id=run_id,
        workspace=workspace,
        experiment=experiments.ensure_experiment(actor=actor, workspace=workspace, path=path),
        parent=parent,
        job=job,
        state=RunState.RUNNING,
        created_by=actor,
        started_at=timezone.now(),
        source="sdk",
        **values,
    )
    if parent is None:
        announce(actor=actor, run=run)
    state.hint(run)
    return run


def announce(*, actor: User | None, run: Run) -> None:
    """The feed and the tray hear of a new run of its own; the children of a search would flood them."""
    activity.begin_new(
        actor=actor,
        workspace=run.workspace,
        kind="run",
        subject=run.subject,
        title=run.name,
        url=run.get_absolute_url(),
        state=Activity.State.RUNNING,
    )
    _record_start(actor, run)


def announce_again(*, actor: User | None, run: Run) -> None:
    """The feed and the tray hear that a run which had ended goes on."""
    activity.begin(
        actor=actor,
        workspace=run.workspace,
        kind="run",
        subject=run.subject,
        title=run.name,
        url=run.get_absolute_url(),
    )
    activity.report(workspace=run.workspace, kind="run", subject=run.subject, state=Activity.State.RUNNING)
    _record_start(actor, run)


def _record_start(actor: User | None, run: Run) -> None:
    activity.record(
        actor=actor,
        workspace=run.workspace,
        verb="run.started",
        subject=run.subject,
        label=run.name,
        url=run.get_absolute_url(),
    )


def _known(actor: User, workspace: Workspace, run_id: str) -> Run | None:
    if not is_run_id(run_id):
        raise Invalid("invalid_run_id", "This is no run id.", fields={"run_id": "12 letters and digits are wanted."})
    run = Run.objects.filter(pk=run_id).select_related("workspace", "experiment", "job").first()
    if run is None:
        return None
    if run.created_by_id != actor.pk or run.workspace_id != workspace.pk:
        raise Conflict("run_id_taken", "This run id is taken.", hint="Let the studio choose one.")
    return run


def _same_end(run: Run, wanted: str) -> Run:
    if run.state == wanted:
        return run
    raise Conflict("run_finished", f"This run has already finished: it is {run.state}.", hint="Start a new run.")
