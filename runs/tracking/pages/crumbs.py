"""The way from the list of experiments down to one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from runs.tracking.models import Experiment


@dataclass(frozen=True, slots=True)
class Crumb:
    path: str
    name: str
    is_experiment: bool


def crumbs(experiment: Experiment) -> Sequence[Crumb]:
    """The folders above `experiment`, topmost first; those that are experiments themselves can be opened."""
    parts = experiment.path.split("/")[:-1]
    paths = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    known = set(
        Experiment.objects.filter(workspace=experiment.workspace_id, path__in=paths).values_list("path", flat=True)
    )
    return [Crumb(path, path.rpartition("/")[2], path in known) for path in paths]
