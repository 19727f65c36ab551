"""The Celery application. Tasks take ids, are short and may run twice; the database is the truth."""

import logging
import os
import time
from typing import Any, ClassVar

from celery import Celery
from celery.contrib.django.task import DjangoTask
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings.base")

logger = logging.getLogger(__name__)
AWAY_SECONDS = 3.0


class WakeUpTask(DjangoTask):
    """A task whose message is only a wake-up.

    When Redis is away the message is dropped with one log line: the reconciler finds the work in the database. For a
    moment after that nothing is tried, so that many requests do not each wait for a connection.
    """

    _away_until: ClassVar[float] = 0.0

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < WakeUpTask._away_until:
            return None
        try:
            return super().apply_async(*args, **kwargs)
        except (OperationalError, OSError, RedisError) as error:
            logger.warning("task %s was not queued, the reconciler will find its work: %s", self.name, error)
            WakeUpTask._away_until = time.monotonic() + AWAY_SECONDS
            return None


app = Celery("studio", task_cls=WakeUpTask)


def _settings() -> dict[str, Any]:
    from django.conf import settings

    return settings.CELERY


app.add_defaults(_settings)
app.autodiscover_tasks(
    [
        "compute.building",
        "compute.jobs",
        "compute.targets",
        "registry.data.assets",
        "registry.data.datastores",
        "registry.data.transfers",
        "registry.data.explore",
        "registry.edge",
        "registry.batch",
        "registry.endpoints",
        "registry.endpoints.monitoring",
        "registry.environments",
        "registry.mlmodels.facts",
        "runs.tracking",
        "runs.tracking.data",
        "runs.tracking.metrics",
        "runs.grid",
        "runs.pipelines.engine",
        "runs.schedules",
        "runs.trash",
        "studio",
        "studio.storage",
        "studio.webhooks",
        "studio.activity",
        "studio.accounts",
    ]
)
