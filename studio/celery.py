"""The Celery application. Tasks take ids, are short and may run twice; the database is the truth."""

import logging
import os
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings.base")

logger = logging.getLogger(__name__)


class WakeUpTask(DjangoTask):
    """A task whose message is only a wake-up.

    When Redis is away the message is dropped with one log line: the reconciler finds the work in the database.
    """

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().apply_async(*args, **kwargs)
        except (OperationalError, OSError) as error:
            logger.warning("task %s was not queued, the reconciler will find its work: %s", self.name, error)
            return None


app = Celery("studio", task_cls=WakeUpTask)


def _settings() -> dict[str, Any]:
    from django.conf import settings

    return settings.CELERY


app.add_defaults(_settings)
app.autodiscover_tasks(
    [
        "compute.jobs",
        "compute.targets",
        "runs.tracking",
        "runs.tracking.metrics",
        "studio.storage",
        "studio.activity",
        "studio.accounts",
    ]
)
