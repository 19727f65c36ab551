"""Experiments and runs."""

from typing import Any

from runs.tracking.models import Experiment, Run, RunState
from studio.access.models import Workspace
from tests.factories import sequence
from tests.factories.compute import make_job


def make_experiment(workspace: Workspace, path: str = "", **fields: Any) -> Experiment:
    return Experiment.objects.create(workspace=workspace, path=path or f"area/study-{sequence.number()}", **fields)


def make_run(
    workspace: Workspace, *, experiment: Experiment | None = None, with_job: bool = False, **fields: Any
) -> Run:
    """A run as the row it is; with `with_job` it has a job in the same state."""
    experiment = experiment or make_experiment(workspace)
    state = fields.pop("state", RunState.CREATED)
    if with_job and "job" not in fields:
        fields["job"] = make_job(workspace, state=state, created_by=fields.get("created_by"))
    fields.setdefault("name", f"brisk-otter-{sequence.number()}")
    return Run.objects.create(workspace=workspace, experiment=experiment, state=state, **fields)
