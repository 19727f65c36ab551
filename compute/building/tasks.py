"""Wake-ups that look after what builds leave behind. They may run twice."""

from celery import shared_task


@shared_task(ignore_result=True)
def tidy(job_id: int) -> None:
    """Remove what the build of an ended job has left in the engine."""
    from compute.building import tidying

    tidying.tidy(job_id)
