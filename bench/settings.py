"""Settings of the benchmarks: the studio as it runs, plus the row-per-point twin; hints and queues stay in the process."""

from studio.settings.base import *  # noqa: F403  settings modules are the one place where a star reads better
from studio.settings.base import CELERY, INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "bench.twin"]
ROOT_URLCONF = "bench.urls"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
CELERY = {**CELERY, "broker_url": "memory://"}
MIDDLEWARE = list(MIDDLEWARE)
