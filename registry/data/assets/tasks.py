"""Wake-ups of data assets. Each may run twice, or not at all: the beat's next one finds the work in the database."""

from celery import shared_task

from registry.data.assets import engine, janitor, state


@shared_task(name="registry.data.settle", ignore_result=True)
def settle(version_id: int) -> None:
    """Read a pending version's files for a while."""
    if engine.step(version_id):
        settle.delay_on_commit(version_id)


@shared_task(name="registry.data.resume", ignore_result=True)
def resume() -> None:
    """Every minute: pending versions that nobody works at."""
    for version_id in state.pending_ids():
        settle.delay_on_commit(version_id)


@shared_task(name="registry.data.remove_released", ignore_result=True)
def remove_released() -> None:
    """Remove files whose version was deleted, and uploads that never became a version."""
    if janitor.remove_released():
        remove_released.delay_on_commit()
