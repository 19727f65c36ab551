"""The way from the list of experiments down to one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from runs.tracking import experiment_paths
from runs.tracking.models import Experiment


@dataclass(frozen=True, slots=True)
class Crumb:
    path: str
    name: str
    is_experiment: bool


def crumbs(experiment: Experiment) -> Sequence[Crumb]:
    """The folders above `experiment`, topmost first; those that are experiments themselves can be opened."""
    paths = experiment_paths.prefixes(experiment.path)[:-1]
    known = set(
        Experiment.objects.filter(workspace=experiment.workspace_id, path__in=paths).values_list("path", flat=True)
    )
    return [Crumb(path, experiment_paths.parts(path)[-1], path in known) for path in paths]
