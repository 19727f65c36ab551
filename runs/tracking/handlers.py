"""What happens to a run when its job moves: the one place where both stay in step."""

from collections.abc import Sequence
from typing import Any

from compute.jobs.models import Job, JobState
from runs.tracking import followers, state, tasks
from runs.tracking.data import registering, sources
from runs.tracking.models import Run, RunState
from runs.tracking.services.experiments import DEFAULT_PATH
from runs.tracking.services.making import STEP
from studio.activity import services as activity
from studio.activity.models import Activity
from studio.live import pacing, topics
from studio.notifications import services as notifications
from studio.rows import one_row

KIND = "run"
ACTIVITY_STATES = {
    RunState.QUEUED: Activity.State.PENDING,
    RunState.PREPARING: Activity.State.RUNNING,
    RunState.RUNNING: Activity.State.RUNNING,
    RunState.FINALIZING: Activity.State.RUNNING,
    RunState.COMPLETED: Activity.State.SUCCEEDED,
    RunState.FAILED: Activity.State.FAILED,
    RunState.CANCELED: Activity.State.CANCELED,
}
MESSAGES = {
    RunState.QUEUED: "Waiting for a free slot",
    RunState.PREPARING: "Preparing code and environment",
    RunState.RUNNING: "Running",
    RunState.FINALIZING: "Storing outputs",
}
LEVELS = {RunState.COMPLETED: "success", RunState.FAILED: "danger", RunState.CANCELED: "info"}


class RunHandler:
    """Satisfies `compute.jobs.handlers.Handler`; every call is inside the transaction of the job's change."""

    def moved(self, job: Job, from_state: str, to_state: str) -> None:
        run = one_row(Run, 'x."job_id" = %s', [job.pk])
        if run is None:
            return  # the job is being made: its run follows in the same transaction
        run.workspace = job.workspace
        state.move(
            run,
            to=to_state,
            started_at=job.started_at if to_state == JobState.RUNNING else None,
            ended_at=job.ended_at,
        )
        if run.source != STEP:  # what carries the steps out tells of them all at once
            _tell_activity(run, job)
        if run.is_finished:
            finished(run)

    def contact(self, job: Job) -> None:
        run = _run_of(job)
        if run is not None:
            state.hint(run)

    def logged(self, job: Job) -> None:
        run_id = Run.objects.filter(job=job).values_list("pk", flat=True).first()
        if run_id is not None:
            pacing.publish_paced(topics.run(run_id), "log", size=job.log_size)

    def spec(self, job: Job) -> dict[str, Any]:
        run = _run_of(job)
        if run is None:
            return {}
        experiment = run.experiment
        number = "0" if experiment.path == DEFAULT_PATH else str(experiment.pk)
        found: dict[str, Any] = {
            "run_id": run.pk,
            "experiment": experiment.path,
            "experiment_id": number,
            "name": run.name,
        }
        covered = sources.covered(run)
        if covered:
            given = job.spec.get("inputs") or {}
            found["inputs"] = {name: _covered(item, covered.get(name)) for name, item in given.items()}
        return found

    def pages(self, jobs: Sequence[Job]) -> dict[int, str]:
        runs = Run.objects.filter(job__in=jobs).select_related("workspace")
        return {run.job_id: run.get_absolute_url() for run in runs if run.job_id is not None}


def _covered(item: Any, source: dict[str, Any] | None) -> Any:
    """An input whose address stands for a place of this installation by now."""
    if source is None or not isinstance(item, dict) or "url" not in item:
        return item
    return {**{key: value for key, value in item.items() if key != "url"}, **source}


def _run_of(job: Job) -> Run | None:
    return Run.objects.filter(job=job).select_related("workspace", "experiment", "created_by").first()


def _tell_activity(run: Run, job: Job) -> None:
    if run.state == RunState.QUEUED:
        activity.begin(
            actor=run.created_by,
            workspace=run.workspace,
            kind=KIND,
            subject=run.subject,
            title=run.name,
            url=run.get_absolute_url(),
        )
    report_activity(run, job.message)


def report_activity(run: Run, message: str = "") -> None:
    """Bring the run's line in the tray up to date; `message` is what it ended with."""
    activity.report(
        workspace=run.workspace,
        kind=KIND,
        subject=run.subject,
        state=ACTIVITY_STATES.get(RunState(run.state), Activity.State.PENDING),
        message=MESSAGES.get(RunState(run.state), "") or message or run.state.capitalize(),
    )


def finished(run: Run) -> None:
    """A run has ended: its outputs become what they are to be, it is packed, and the feed and its person hear of it."""
    left = registering.finished(run)
    tasks.settle_run.delay_on_commit(run.pk)
    if run.parent_id is not None:
        followers.tell(run, left)
        return  # a search has many children: its parent tells
    activity.record(
        actor=run.created_by,
        workspace=run.workspace,
        verb=f"run.{run.state}",
        subject=run.subject,
        label=run.name,
        url=run.get_absolute_url(),
    )
    if run.created_by is not None:
        notifications.notify(
            user=run.created_by,
            workspace=run.workspace,
            matter=f"{run.subject}:{run.state}",
            text=f"{run.name} {'was canceled' if run.state == RunState.CANCELED else run.state}",
            url=run.get_absolute_url(),
            level=LEVELS[RunState(run.state)],
        )
