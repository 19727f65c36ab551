"""Compute targets and jobs."""

from typing import Any

from compute.jobs.models import Job, JobState
from compute.targets.models import ComputeTarget
from studio.access.models import Workspace
from tests.factories import sequence


def make_target(
    workspace: Workspace | None = None, *, name: str = "", kind: str = "local", slots: int = 2, **fields: Any
) -> ComputeTarget:
    """A target of `workspace`, or one shared by all when there is none."""
    return ComputeTarget.objects.create(
        workspace=workspace, name=name or f"target-{sequence.number()}", kind=kind, slots=slots, **fields
    )


def make_job(workspace: Workspace, *, target: ComputeTarget | None = None, **fields: Any) -> Job:
    """A job as the row it is; `state` and all other columns can be given."""
    defaults: dict[str, Any] = {"kind": "run", "title": f"job {sequence.number()}", "state": JobState.CREATED}
    return Job.objects.create(workspace=workspace, target=target, **{**defaults, **fields})
