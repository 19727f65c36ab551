"""The life of a run: its legal moves and the one function that makes them."""

from datetime import datetime

from django.utils import timezone

from compute.jobs.models import FINAL_STATES
from runs.tracking.models import Run, RunState
from studio import rows
from studio.errors import Conflict
from studio.live import pacing, topics
from studio.live.publish import publish

_ENDS = frozenset({RunState.COMPLETED, RunState.FAILED, RunState.CANCELED})
# A preparing or running one may be queued again: the studio starts it once more when its runner was never heard of.
ALLOWED: dict[str, frozenset[str]] = {
    RunState.CREATED: frozenset({RunState.QUEUED, RunState.RUNNING}) | _ENDS,
    RunState.QUEUED: frozenset({RunState.PREPARING, RunState.RUNNING}) | _ENDS,
    RunState.PREPARING: frozenset({RunState.QUEUED, RunState.RUNNING, RunState.FINALIZING}) | _ENDS,
    RunState.RUNNING: frozenset({RunState.QUEUED, RunState.FINALIZING}) | _ENDS,
    RunState.FINALIZING: _ENDS,
}


def _from(to: str) -> str:
    """The condition of a move, by where it leads."""
    origins = [f"'{state}'" for state, targets in ALLOWED.items() if to in targets]
    return f""""id" = %s AND "state" IN ({", ".join(origins) or "NULL"})"""


_FROM = {to: _from(to) for to in RunState.values}


def move(run: Run, *, to: RunState | str, started_at: datetime | None = None, ended_at: datetime | None = None) -> Run:
    """Bring the run to `to` by one conditional update, and hint to those who watch.

    Raises Conflict when the run is in a state that does not lead there: a final state is never left.
    """
    changes: dict[str, object] = {"state": to}
    if started_at is not None:
        changes["started_at"] = started_at
    if to in FINAL_STATES:
        changes["ended_at"] = ended_at or timezone.now()
    if not rows.change(Run, changes, _FROM[to], [run.pk]):
        run.refresh_from_db(fields=["state"])
        raise _refused(run, str(to))
    for field, value in changes.items():
        setattr(run, field, value)
    hint(run)
    return run


def report(run: Run, *, to: RunState | str, ended_at: datetime | None = None) -> Run:
    """Bring a run without a job to what its client says of it, by one conditional update.

    Nobody else knows better, so it may be opened again after an end. Raises Conflict for a run with a job: its end is
    final, and its runner tells it.
    """
    changes: dict[str, object] = {"state": to, "ended_at": None}
    if to in FINAL_STATES:
        changes["ended_at"] = ended_at or timezone.now()
    if not Run.objects.filter(pk=run.pk, job=None).update(**changes):
        run.refresh_from_db(fields=["state"])
        raise _refused(run, str(to))
    for field, value in changes.items():
        setattr(run, field, value)
    hint(run)
    return run


def hint(run: Run) -> None:
    """Tell the run's page and every list of the workspace to look again."""
    publish(topics.run(run.pk), "status")
    # A pipeline or a search has many below it: lists look again a few times a second all the same.
    tell = pacing.publish_paced if run.parent_id is not None else publish
    tell(topics.workspace(run.workspace.slug), "runs")


def _refused(run: Run, to: str) -> Conflict:
    if run.is_finished:
        return Conflict(
            "run_finished", f"This run has already finished: it is {run.state}.", hint="Clone it to run it again."
        )
    return Conflict("run_moved", f"This run is {run.state}, which does not lead to {to}.", hint="Look at it again.")
