"""Background work of the store."""

from celery import shared_task

from studio.storage import janitor, parts


@shared_task(name="studio.storage.clean")
def clean() -> None:
    """Every hour: remove what nobody owns and what was never finished."""
    janitor.remove_unowned()
    janitor.remove_unfinished()
    parts.discard_old()
