"""The metrics of the runs that versions came from. The registry knows no runs: who does registers the answer at start."""

from collections.abc import Callable, Mapping, Sequence

from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace

# The workspace and ids of runs → the last value of each metric, by run.
Asked = Callable[[Workspace, Sequence[str]], Mapping[str, Mapping[str, float]]]
_asked: list[Asked] = []
SYSTEM = "system/"  # what the machine was doing says nothing of the model


def register(asked: Asked) -> None:
    _asked.append(asked)


def metrics_of(versions: Sequence[ModelVersion]) -> dict[int, dict[str, float]]:
    """The metrics of each version's run, by the version's key; empty where the run is not here."""
    runs = sorted({version.run_id for version in versions if version.run_id})
    found: dict[str, dict[str, float]] = {}
    if runs:
        workspace = versions[0].model.workspace
        for asked in _asked:
            for run_id, metrics in asked(workspace, runs).items():
                found.setdefault(run_id, {}).update(metrics)
    return {version.pk: found.get(version.run_id, {}) for version in versions}
