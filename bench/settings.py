"""Settings of the benchmarks: the studio as it runs, and the row-per-point twin; hints and queues stay inside."""

from studio.settings.base import *
from studio.settings.base import CELERY, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.twin"]
ROOT_URLCONF = "bench.urls"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
CELERY = {**CELERY, "broker_url": "memory://"}
