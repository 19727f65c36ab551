"""Short wake-ups: they look at the rows and move pipeline runs on. Each may run twice, or not at all."""

from celery import shared_task


@shared_task(name="runs.pipelines.advance", ignore_result=True)
def advance(run_id: str) -> None:
    """Move one pipeline run on; what did not fit into this turn is done in the next."""
    from runs.pipelines.engine import advancing

    if advancing.advance(run_id):
        advance.delay_on_commit(run_id)


@shared_task(name="runs.pipelines.tick", ignore_result=True)
def tick() -> None:
    """Look at all that are under way: steps whose end nobody heard, wake-ups that were lost."""
    from runs.pipelines.engine import advancing

    for run_id in advancing.tick():
        advance.delay_on_commit(run_id)
