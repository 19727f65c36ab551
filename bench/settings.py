"""Settings of the benchmarks: the studio as it runs, and the row-per-point twin; hints go through a Redis, tasks wait in memory."""

from studio.settings.base import *
from studio.settings.base import CELERY, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.twin"]
ROOT_URLCONF = "bench.urls"
CELERY = {**CELERY, "broker_url": "memory://"}
