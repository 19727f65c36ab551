"""Wake-ups of the trash. Each may run twice, or not at all: the beat's next one finds the work in the database."""

from celery import shared_task

from runs.trash import engine, state


@shared_task(name="runs.trash.purge", ignore_result=True)
def purge(purge_id: int) -> None:
    """Work at one removal for a while."""
    if engine.work(purge_id):
        purge.delay_on_commit(purge_id)


@shared_task(name="runs.trash.resume", ignore_result=True)
def resume() -> None:
    """Every minute: take up removals that nobody works at."""
    for purge_id in state.open_ids():
        purge.delay_on_commit(purge_id)


@shared_task(name="runs.trash.tidy", ignore_result=True)
def tidy() -> None:
    """Every hour: what is over its time in the trash, what the store would not remove, what no run uses."""
    for purge_id in engine.expire():
        purge.delay_on_commit(purge_id)
    engine.ask_the_store_again()
    engine.remove_unused_snapshots()
