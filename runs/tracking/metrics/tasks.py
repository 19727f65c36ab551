"""Background work on metrics. Each task may run twice and be killed midway."""

from celery import shared_task

from runs.tracking.metrics import compaction


@shared_task(name="runs.tracking.metrics.compact_run")
def compact_run(run_id: str) -> None:
    """Turn a run's pending batches into chunks."""
    compaction.compact(run_id)


@shared_task(name="runs.tracking.metrics.compact_pending")
def compact_pending() -> None:
    """Sent by beat: compact the runs whose batches wait, a bounded number at a time."""
    for run_id in compaction.runs_waiting():
        compaction.compact(run_id)
