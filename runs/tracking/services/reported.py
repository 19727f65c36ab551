"""Runs that only a client knows of, such as MLflow's: it opens one, says how it stands, and may open it again.

Nobody beats for such a run and nothing of ours ends it: it has no job.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from runs.tracking import handlers, state
from runs.tracking.models import Experiment, Run, RunState, Tag
from runs.tracking.services import attached, git_facts
from studio.accounts.models import User

ENDS = frozenset({RunState.COMPLETED, RunState.FAILED, RunState.CANCELED})


@dataclass(frozen=True, slots=True)
class Opening:
    """What a client says when it opens a run. The texts were checked by who heard them."""

    name: str
    started_at: datetime
    source: str
    description: str = ""
    command: str = ""
    git: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


def open_run(*, actor: User, experiment: Experiment, opening: Opening, parent: Run | None = None) -> Run:
    """A running run without a job."""
    with transaction.atomic():
        run = Run.objects.create(
            workspace=experiment.workspace,
            experiment=experiment,
            parent=parent,
            name=opening.name,
            description=opening.description,
            command=opening.command,
            git=git_facts.clean(opening.git),
            state=RunState.RUNNING,
            source=opening.source,
            created_by=actor,
            created_at=opening.started_at,
            started_at=opening.started_at,
        )
        Tag.objects.bulk_create(Tag(run=run, key=key, value=value) for key, value in opening.tags.items())
        if parent is None:
            attached.announce(actor, run)
        state.hint(run)
    return run


def report_state(*, actor: User, run: Run, to: RunState, ended_at: datetime | None = None) -> Run:
    """The client says how its run stands; a run with a job is told by its runner, so nothing changes there."""
    if run.job_id is not None or (run.state == to and (ended_at is None or not run.is_finished)):
        return run
    before = run.state
    with transaction.atomic():
        state.report(run, to=to, ended_at=ended_at)
        if before != to:
            _tell(actor, run, was_finished=before in ENDS)
    return run


def _tell(actor: User, run: Run, *, was_finished: bool) -> None:
    """The feed and the tray hear of a run of its own; what ended is packed."""
    if run.parent_id is None and was_finished and not run.is_finished:
        attached.announce(actor, run)
    elif run.parent_id is None:
        handlers.report_activity(run)
    if run.is_finished:
        handlers.finished(run)
