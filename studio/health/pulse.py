"""A worker's sign of life: its entry in a sorted set of Redis, with the time of the last beat."""

from functools import cache

import redis
from django.conf import settings

EVERY = 5.0  # seconds
LASTS = 20  # seconds after the last beat
INDEX = "atelier:workers"  # worker name -> time of its last beat, so that a look needs no scan


@cache
def client() -> "redis.Redis":
    """A client that gives up after a second: who asks has others to ask."""
    return redis.Redis.from_url(settings.REDIS_CACHE_URL, socket_timeout=1, socket_connect_timeout=1)


def beat(worker: str) -> None:
    """Renew a worker's sign of life."""
    server = client()
    now = server.time()[0]
    with server.pipeline() as pipe:
        pipe.zadd(INDEX, {worker: now})
        pipe.zremrangebyscore(INDEX, "-inf", now - LASTS)
        pipe.execute()


def is_any_worker_alive() -> bool:
    server = client()
    return bool(server.zcount(INDEX, server.time()[0] - LASTS, "+inf"))


def forget(worker: str) -> None:
    """A worker that ends says so."""
    client().zrem(INDEX, worker)
