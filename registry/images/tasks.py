"""What is done after an image is gone from the tables. Tasks may run twice."""

from celery import shared_task


@shared_task(ignore_result=True, max_retries=5, default_retry_delay=60, bind=True)
def remove_stored(self, reference: str, digest: str) -> None:
    """Take a deleted version out of the registry and the engine."""
    from registry.images import engine

    if not engine.remove(reference, digest):
        raise self.retry()
