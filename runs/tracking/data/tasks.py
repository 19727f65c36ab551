"""Wake-ups for what jobs left in datastores. Each may run twice, or not at all: the beat's next one finds the work again."""

import logging

from celery import shared_task

from runs.tracking.data.models import RunOutput
from studio.errors import StudioError

logger = logging.getLogger(__name__)
BATCH = 50


@shared_task(name="runs.tracking.drop_outputs", ignore_result=True)
def drop_left() -> None:
    """Remove the files of outputs that became nothing."""
    from runs.tracking.data import registering

    states = [RunOutput.State.DROPPED, RunOutput.State.FAILED]
    rows = RunOutput.objects.filter(state__in=states, files__isnull=False).distinct()
    for output in rows.select_related("run", "datastore__workspace").order_by("pk")[:BATCH]:
        try:
            registering.drop(output)
        except (StudioError, OSError) as error:
            logger.warning("what the output %s left was not removed: %s", output, error)
