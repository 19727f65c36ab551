"""What happens by the clock: one beat sends these wake-ups, whatever process takes them."""

from datetime import timedelta
from typing import Any

from studio.settings import env

ENDPOINT_TICK_SECONDS = env.number("ATELIER_ENDPOINT_TICK_SECONDS", 2)
RECONCILE_SECONDS = env.number("ATELIER_RECONCILE_SECONDS", 5)
# A wake-up that nobody took before the next one is worthless: it expires instead of piling up.
BEAT: dict[str, Any] = {
    "reconcile jobs": {
        "task": "compute.jobs.tasks.reconcile",
        "schedule": timedelta(seconds=RECONCILE_SECONDS),
        "options": {"expires": max(RECONCILE_SECONDS, 1)},
    },
    "look at engines": {
        "task": "compute.jobs.tasks.look_at_places",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "tidy engines": {
        "task": "compute.jobs.tasks.tidy_places",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "sweep jobs": {
        "task": "compute.jobs.tasks.sweep",
        "schedule": timedelta(hours=6),
        "options": {"expires": 3600},
    },
    "sweep builds": {
        "task": "compute.building.tasks.sweep",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "compact metrics": {
        "task": "runs.tracking.metrics.compact_pending",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "deliver webhooks": {
        "task": "studio.webhooks.deliver_due",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "look at edge devices": {
        "task": "registry.edge.look",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "forget what is old": {
        "task": "studio.forget_old",
        "schedule": timedelta(hours=24),
        "options": {"expires": 3600},
    },
    "resume removals": {
        "task": "runs.trash.resume",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "tidy the trash": {
        "task": "runs.trash.tidy",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "go on changing runs": {
        "task": "runs.grid.resume",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "remove what outputs left": {
        "task": "runs.tracking.drop_outputs",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "resume uploads": {
        "task": "registry.data.transfers.resume",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "read new data": {
        "task": "registry.data.resume",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "remove released data": {
        "task": "registry.data.remove_released",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "go on with profiles": {
        "task": "registry.data.explore.resume",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "read new models": {
        "task": "registry.mlmodels.resume_facts",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "clean the store": {
        "task": "studio.storage.clean",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "move deployments on": {
        "task": "registry.endpoints.tick",
        "schedule": timedelta(seconds=ENDPOINT_TICK_SECONDS),
        "options": {"expires": max(ENDPOINT_TICK_SECONDS, 1)},
    },
    "store what gateways counted": {
        "task": "registry.endpoints.collect",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "bring samples of requests": {
        "task": "registry.endpoints.monitoring.ship",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "go on with drift reports": {
        "task": "registry.endpoints.monitoring.resume",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "look at what was collected": {
        "task": "registry.endpoints.monitoring.look",
        "schedule": timedelta(minutes=30),
        "options": {"expires": 1800},
    },
    "forget old traffic": {
        "task": "registry.endpoints.forget_old",
        "schedule": timedelta(hours=6),
        "options": {"expires": 3600},
    },
    "move pipelines on": {
        "task": "runs.pipelines.tick",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "fire schedules": {
        "task": "runs.schedules.tick",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "move batch jobs on": {
        "task": "registry.batch.tick",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
}
