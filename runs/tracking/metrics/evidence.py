"""What the registry may ask of runs: the last value of each metric."""

from collections.abc import Mapping, Sequence

from runs.tracking.metrics import queries
from runs.tracking.models import Run
from studio.access.models import Workspace


def metrics_of(workspace: Workspace, run_ids: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
    """The last values of these runs' metrics; runs of other workspaces, or removed ones, have none."""
    known = list(Run.objects.filter(workspace=workspace, pk__in=list(run_ids)).values_list("pk", flat=True))
    found = queries.summaries_of(known)
    return {
        run_id: {name: each.last for name, each in metrics.items() if each.last is not None}
        for run_id, metrics in found.items()
    }
