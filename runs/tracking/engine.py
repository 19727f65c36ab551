"""What background work on runs really does."""

from compute.jobs import logs
from runs.tracking.metrics import compaction
from runs.tracking.models import Run


def settle(run_id: str) -> None:
    """Pack the metrics and the log of a run that has ended."""
    run = Run.objects.filter(pk=run_id).select_related("job").first()
    if run is None or not run.is_finished:
        return
    compaction.compact(run.pk)
    if run.job is not None:
        logs.compact(run.job)
