"""Background work of datastores."""

import logging
from datetime import timedelta

from celery import shared_task

from registry.data.datastores import opening, queries
from studio.errors import StudioError

logger = logging.getLogger(__name__)
KEPT = timedelta(days=1)  # so long a write may take


@shared_task(name="registry.data.datastores.tidy")
def tidy() -> None:
    """Twice a day: begin one task for each datastore, so that a place that does not answer holds up no other."""
    for datastore_id in queries.written_to():
        tidy_one.delay_on_commit(datastore_id)


@shared_task(name="registry.data.datastores.tidy_one")
def tidy_one(datastore_id: int) -> int:
    """Remove what writes that were killed left in one datastore. Answers how many."""
    datastore = queries.by_id(datastore_id)
    if datastore is None or datastore.is_sql:
        return 0
    try:
        return opening.file_store(datastore).tidy(older_than=KEPT)
    except StudioError as error:
        logger.info("datastore %s was not tidied: %s", datastore_id, error.message)
        return 0
