"""Background work of uploads."""

from celery import shared_task

from registry.data.transfers import janitor, publishing
from studio.errors import StudioError


@shared_task(name="registry.data.transfers.publish")
def publish(upload_id: str) -> None:
    """Put an uploaded file in its place; what keeps it from there is written down."""
    try:
        publishing.publish(upload_id)
    except publishing.TakenOver:
        return
    except StudioError as error:
        publishing.reopen(upload_id, error)


@shared_task(name="registry.data.transfers.resume")
def resume() -> None:
    """Every minute: uploads whose publisher was killed begin their last step again; forgotten ones go."""
    for upload_id in publishing.abandoned():
        publish.delay_on_commit(upload_id)
    janitor.forget_old()
