"""What Home shows: what runs, what changed, where I was."""

from collections.abc import Sequence

from compute.jobs.models import FINAL_STATES, LIVE_STATES, JobState
from runs.tracking.models import Experiment, Run
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Event

SHOWN = 8


def live_runs(workspace: Workspace) -> Sequence[Run]:
    """Runs at work or in the queue, those at work first."""
    rows = _runs(workspace).filter(state__in=[*LIVE_STATES, JobState.QUEUED])
    return sorted(rows[:50], key=lambda run: (run.state == JobState.QUEUED, run.created_at))[:SHOWN]


def waiting_to_start(workspace: Workspace) -> Sequence[Run]:
    """Runs that were prepared and wait for somebody to start them."""
    return list(_runs(workspace).filter(state=JobState.CREATED).order_by("created_at", "id")[:SHOWN])


def recent_runs(workspace: Workspace, user: User) -> Sequence[Run]:
    """The person's own latest runs that have ended; those at work stand above."""
    return list(_runs(workspace).filter(created_by=user, state__in=FINAL_STATES)[:SHOWN])


def recent_experiments(workspace: Workspace, user: User) -> Sequence[Experiment]:
    """Experiments the person worked in last, latest first."""
    latest: dict[int, Experiment] = {}
    for run in _runs(workspace).filter(created_by=user)[:60]:
        latest.setdefault(run.experiment_id, run.experiment)
    return list(latest.values())[:5]


def latest_events(workspace: Workspace) -> Sequence[Event]:
    return list(Event.objects.filter(workspace=workspace).select_related("actor")[:12])


def _runs(workspace: Workspace):  # type: ignore[no-untyped-def]  # a queryset of Run, which django-stubs can't name here
    rows = Run.objects.filter(workspace=workspace, is_archived=False, deleted_at=None)
    return rows.select_related("experiment", "created_by", "job", "job__target")
