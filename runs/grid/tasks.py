"""Wake-ups of changes of many runs. Each may run twice, or not at all: the beat's next one finds the work."""

from celery import shared_task

from runs.grid import bulk


@shared_task(name="runs.grid.change_many", ignore_result=True)
def change_many(change_id: int) -> None:
    """One portion of a change, then the next one."""
    if bulk.work(change_id):
        change_many.delay_on_commit(change_id)


@shared_task(name="runs.grid.resume", ignore_result=True)
def resume() -> None:
    """Every minute: take up changes that nobody works at."""
    for change_id in bulk.open_ids():
        change_many.delay_on_commit(change_id)
