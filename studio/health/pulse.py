"""A worker's sign of life: its entry in a sorted set of Redis, with the time of the last beat."""

from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

EVERY = 5.0  # seconds
LASTS = 20  # seconds after the last beat
INDEX = "atelier:workers"  # worker name -> time of its last beat, so that a look needs no scan


@cache
def client(url: str = "") -> "redis.Redis":
    """A client that gives up at once, or after a second when Redis hangs: who asks has others to ask."""
    never = Retry(NoBackoff(), 0)
    address = url or settings.REDIS_CACHE_URL
    return redis.Redis.from_url(address, socket_timeout=1, socket_connect_timeout=1, retry=never)


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
