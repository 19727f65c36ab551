"""Which runs were given a registered environment: one that was is not deleted while the run's record is kept."""

from collections.abc import Sequence

from registry.environments.models import Environment, EnvironmentVersion
from runs.tracking.models import Run
from runs.tracking.services.interpreting import KIND
from studio.access.models import Workspace
from studio.lineage import queries as lineage
from studio.lineage.things import Thing

MOST_NAMED = 5
# Kinds that mean the same anywhere: not whatever interpreter a target has, nor an image with a server of its own.
CARRIED = (Environment.Kind.REQUIREMENTS, Environment.Kind.CONDA, Environment.Kind.PYTHON)


def of(versions: Sequence[EnvironmentVersion]) -> list[str]:
    """One sentence for each run that names one of these versions, the first few of them."""
    named = {
        step.thing.id: version
        for version in versions
        for step in lineage.down(version.asset.workspace, Thing(KIND, str(version.pk)))
        if step.thing.kind == "run"
    }
    rows = Run.objects.filter(pk__in=list(named)).order_by("-created_at")[:MOST_NAMED]
    return [_sentence(run, named[run.pk]) for run in rows]


def of_run(workspace: Workspace, run_id: str) -> Environment | None:
    """What a run ran in, or the run above it whose script it is part of; None for the interpreter of a machine."""
    run = (
        Run.objects.filter(workspace=workspace, pk=run_id).select_related("environment", "parent__environment").first()
    )
    if run is None:
        return None
    found = run.environment or (run.parent.environment if run.parent else None)
    return found if found and found.kind in CARRIED else None


def _sentence(run: Run, version: EnvironmentVersion) -> str:
    where = ", which is in the trash," if run.deleted_at is not None else ""
    return f"The run {run.name} ({run.pk}){where} ran in {version}."
