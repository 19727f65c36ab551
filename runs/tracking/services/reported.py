"""Runs that only a client knows of, such as MLflow's: it opens one, says how it stands, and may open it again.

Nobody beats for such a run and nothing of ours ends it: it has no job.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from runs.tracking import handlers, owners, state
from runs.tracking.models import TAG_COLUMNS, Experiment, Param, Run, RunState, Tag
from runs.tracking.services import attached, git_facts
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict
from studio.identifiers import is_run_id
from studio.live import topics
from studio.live.publish import publish
from studio.search.sql import number_of

MODEL_HISTORY = "mlflow.log-model.history"
MAX_DEPTH = 100  # of runs below runs
_ADD_PARAMS = f'INSERT INTO "{Param._meta.db_table}" (run_id, "key", value, number) VALUES'
ENDS = frozenset({RunState.COMPLETED, RunState.FAILED, RunState.CANCELED})


class ParamsChanged(Conflict):
    """Parameters were logged before with another value: `changed` is key → (old, new)."""

    def __init__(self, run: Run, changed: Mapping[str, tuple[str, str]]) -> None:
        key, (old, new) = next(iter(changed.items()))
        super().__init__(
            "param_changed", f"The parameter {key!r} is {old[:200]!r} already and can't become {new[:200]!r}."
        )
        self.run_id, self.changed = run.pk, changed


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
            attached.announce(actor=actor, run=run)
        state.hint(run)
    return run


def report_state(*, actor: User | None, run: Run, to: RunState, ended_at: datetime | None = None) -> Run:
    """The client says how its run stands; one that its runner or the studio itself tells of stays as it is."""
    if (
        run.job_id is not None
        or owners.of(run) is not None
        or (run.state == to and (ended_at is None or not run.is_finished))
    ):
        return run
    before = run.state
    with transaction.atomic():
        state.report(run, to=to, ended_at=ended_at)
        if before != to:
            _tell(actor, run, was_finished=before in ENDS)
    return run


def _tell(actor: User | None, run: Run, *, was_finished: bool) -> None:
    """The feed and the tray hear of a run of its own; what ended is packed."""
    if run.parent_id is None and was_finished and not run.is_finished:
        attached.announce_again(actor=actor, run=run)
    elif run.parent_id is None:
        handlers.report_activity(run)
    if run.is_finished:
        handlers.finished(run)


def add_params(*, run: Run, params: Mapping[str, str]) -> None:
    """Record parameters for good: the same value again is fine. Raises ParamsChanged, naming those with another one."""
    names = list(params)
    with transaction.atomic(), connection.cursor() as cursor:
        rows = ", ".join(["(%s, %s, %s, %s)"] * len(names))
        values = [part for key, value in params.items() for part in (run.pk, key, value, number_of(value))]
        cursor.execute(f"{_ADD_PARAMS} {rows} ON CONFLICT DO NOTHING", values)
        if cursor.rowcount < len(names):
            present = dict(Param.objects.filter(run=run, key__in=names).values_list("key", "value"))
            changed = {key: (value, params[key]) for key, value in present.items() if value != params[key]}
            if changed:
                raise ParamsChanged(run, changed)
        publish(topics.run(run.pk), "status")


def note_model(*, run: Run, model: Mapping[str, Any]) -> None:
    """Add a model to the history that MLflow's older clients keep in a tag."""
    with transaction.atomic():
        noted = Tag.objects.filter(run=run, key=MODEL_HISTORY).values_list("value", flat=True).first()
        describe(run=run, changes={}, tags={MODEL_HISTORY: json.dumps([*json.loads(noted or "[]"), model])})


def describe(*, run: Run, changes: Mapping[str, Any], tags: Mapping[str, str | None]) -> int:
    """Change columns that people write about a run, and its tags; a tag of None is removed. Answers how many were."""
    removed = [key for key, value in tags.items() if value is None]
    kept = [Tag(run=run, key=key, value=value) for key, value in tags.items() if value is not None]
    count = 0
    with transaction.atomic():
        if changes:
            clean = {**changes, **({"git": git_facts.clean(changes["git"])} if "git" in changes else {})}
            Run.objects.filter(pk=run.pk).update(**clean)
            for field_name, value in clean.items():
                setattr(run, field_name, value)
        if removed:
            count = Tag.objects.filter(run=run, key__in=removed).delete()[0]
        Tag.objects.bulk_create(kept, update_conflicts=True, unique_fields=["run", "key"], update_fields=TAG_COLUMNS)
        state.hint(run)
    return count


def possible_parent(run: Run | None, run_id: str, workspace: Workspace | None = None) -> Run | None:
    """The run of this id, where it may stand above `run`: in the same workspace and not below it."""
    place = run.workspace_id if run is not None else workspace.pk if workspace is not None else None
    found = Run.objects.filter(pk=run_id, workspace=place).first() if is_run_id(run_id) else None
    above, steps = found, 0
    while run is not None and above is not None:
        if above.pk == run.pk or steps > MAX_DEPTH:
            return None
        above, steps = above.parent, steps + 1
    return found


def run_of_job(job_id: int) -> Run | None:
    """The run that a job carries."""
    return Run.objects.filter(job=job_id).select_related("workspace").first()
