"""Background work on runs. Each task may run twice."""

from celery import shared_task

from runs.tracking import engine


@shared_task(name="runs.tracking.settle_run")
def settle_run(run_id: str) -> None:
    """A run has ended: pack its metrics and its log for long keeping."""
    engine.settle(run_id)
