"""The environment a run is given: found by name, file or definition, judged by where the run goes."""

from collections.abc import Mapping
from typing import Any

from compute.backends.registry import BACKENDS
from compute.targets.models import ComputeTarget
from registry.environments import queries
from registry.environments import services as environments
from registry.environments.models import EnvironmentVersion
from registry.environments.services.contents import Found
from runs.tracking.jobfile.command import CommandJob
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.lineage import queries as lineage
from studio.lineage.things import Thing

KIND = "environment_version"


def environment_of(
    *, workspace: Workspace, job: CommandJob, target: ComputeTarget, files: Mapping[str, str], context: str = ""
) -> Found:
    """What the job's `environment` means on this target; made when it is new. Raises Invalid."""
    on_docker = _runs_images(target)
    found = environments.find(
        workspace=workspace, value=job.environment, files=files, context=context, on_docker=on_docker
    )
    if not on_docker:
        environments.require_no_docker(content=found.content, target=target.name)
    return found


def environment_again(
    *, original: Run, job: CommandJob, target: ComputeTarget, files: Mapping[str, str], context: str = ""
) -> Found:
    """The original's environment where the job names the same, so that `latest` stays what it was then."""
    before = (original.definition or {}).get("environment")
    if original.environment is None or job.environment != before:
        return environment_of(
            workspace=original.workspace, job=job, target=target, files=files, context=context
        )  # fmt: skip
    on_docker = _runs_images(target)
    if not on_docker:
        environments.require_no_docker(content=original.environment, target=target.name)
    note = "" if on_docker else str(original.environment.definition.get("note", ""))
    return Found(original.environment, note, version_of(original))


def version_of(run: Run) -> EnvironmentVersion | None:
    """The registered version that a run was given, where it named one."""
    for step in lineage.up(run.workspace, Thing("run", run.pk)):
        if step.thing.kind == KIND and step.thing.id.isdigit():
            return queries.version_by_id(run.workspace, int(step.thing.id))
    return None


def _runs_images(target: ComputeTarget) -> bool:
    plugin: Any = BACKENDS.find(target.kind)
    return plugin.is_available and bool(getattr(plugin.implementation, "runs_images", False))
