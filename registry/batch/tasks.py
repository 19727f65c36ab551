"""Short wake-ups: they look at the database and do one step. Each may run twice."""

from celery import shared_task


@shared_task(name="registry.batch.advance", ignore_result=True)
def advance(batch_id: str) -> None:
    """Move one batch job on."""
    from registry.batch import advancing

    advancing.advance(batch_id)


@shared_task(name="registry.batch.tick", ignore_result=True)
def tick() -> None:
    """Move on all that have not ended: workers that died, leases that ran out, tasks that were lost."""
    from registry.batch import advancing

    advancing.tick()


@shared_task(name="registry.batch.forget", ignore_result=True)
def forget(batch_id: str) -> None:
    """Remove what parts of an ended job left."""
    from registry.batch.services import jobs

    jobs.forget_rows(batch_id)
