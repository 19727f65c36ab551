"""Wake-ups that look after what builds leave behind. They may run twice."""

from celery import shared_task


@shared_task(ignore_result=True)
def tidy(job_id: int) -> None:
    """Remove what the build of an ended job has left in the engine."""
    from compute.building import tidying

    tidying.tidy(job_id)


@shared_task(ignore_result=True)
def sweep() -> None:
    """Remove what builds have left that nobody looked after: the engine was away, or the worker died."""
    from compute.building import tidying

    tidying.sweep()


@shared_task(ignore_result=True)
def forget(reference: str) -> None:
    """Take the name of an image that was deleted away from the engine and the studio's own registry."""
    from compute.building import tidying

    tidying.forget(reference)
