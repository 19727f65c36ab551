"""The worker's own watch: it tells that it lives, and ends itself when it no longer takes work.

After some losses of the Redis connection a Celery worker stays connected but deaf. A worker that takes nothing although
the queue is not empty ends itself; the supervisor starts a new one and Redis still holds the messages.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import redis
from celery.signals import worker_ready, worker_shutdown
from celery.worker import state
from django.conf import settings

from studio.health import pulse

logger = logging.getLogger(__name__)
QUEUE = "celery"
DEAF_AFTER = 30.0  # seconds of a waiting queue and free threads
STUCK_AFTER = 300.0  # seconds of a waiting queue and no free thread
EXIT_DEAF = 70


class Watch:
    """Judges from one look to the next whether work is taken. Times are monotonic seconds."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.seen = -1
        self.since: float | None = None  # work waits and none was taken since

    def is_deaf(self, *, waiting: int, received: int, active: int, now: float) -> bool:
        if waiting == 0 or received != self.seen:
            self.seen = received
            self.since = None
            return False
        if self.since is None:
            self.since = now
        return now - self.since >= (DEAF_AFTER if active < self.threads else STUCK_AFTER)


@worker_ready.connect
def begin(sender: Any, **kwargs: Any) -> None:
    """Start the watch once the worker consumes."""
    threads = sender.controller.pool.limit or 1
    thread = threading.Thread(target=_run, args=(sender.hostname, threads, os._exit), name="pulse", daemon=True)
    thread.start()


@worker_shutdown.connect
def end(sender: Any, **kwargs: Any) -> None:
    try:
        pulse.forget(sender.hostname)
    except (redis.RedisError, OSError) as error:
        logger.info("could not say goodbye: %s", error)


def _run(worker: str, threads: int, leave: Callable[[int], None]) -> None:
    watch = Watch(threads)
    broker = pulse.client(settings.REDIS_BROKER_URL)
    while True:
        try:
            pulse.beat(worker)
            waiting = int(broker.llen(QUEUE))
        except (redis.RedisError, OSError) as error:
            logger.info("Redis is away: %s", error)
            waiting = 0
        received, active = sum(state.total_count.values()), len(state.active_requests)
        if watch.is_deaf(waiting=waiting, received=received, active=active, now=time.monotonic()):
            logger.error("takes no work although %d messages wait: ending, to be started again", waiting)
            leave(EXIT_DEAF)
        time.sleep(pulse.EVERY)
