"""Bytes kept for some minutes for all processes: in this one's memory, and in Redis where it is there.

Nothing depends on what is kept: a value that is lost is worked out again. So a Redis that is away is left alone for a
moment, and never makes a request wait twice.
"""

import threading
import time
from collections import OrderedDict
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

SECONDS = 900
MEMORY = 48 * 1024 * 1024
LARGEST = 16 * 1024 * 1024
PATIENCE = 0.3
REST_AFTER_FAILURE = 5.0


class Memory:
    """The values used last, up to so many bytes in all."""

    def __init__(self, limit: int = MEMORY) -> None:
        self._limit, self._size = limit, 0
        self._values: OrderedDict[str, tuple[float, int, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Any:
        with self._lock:
            until, _, value = self._values.get(key, (0.0, 0, None))
            if until < time.monotonic():
                return None
            self._values.move_to_end(key)
            return value

    def put(self, key: str, value: Any, size: int) -> None:
        with self._lock:
            self._size += size - self._values.pop(key, (0.0, 0, None))[1]
            self._values[key] = (time.monotonic() + SECONDS, size, value)
            while self._size > self._limit and len(self._values) > 1:
                self._size -= self._values.popitem(last=False)[1][1]

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self._size = 0


memory = Memory()
_rest_until = 0.0


def get(key: str) -> bytes | None:
    """What was kept under `key`, None when it is gone."""
    found = memory.get(key)
    if found is not None:
        return bytes(found)
    value = fetch(key)
    if value is not None:
        memory.put(key, value, len(value))
    return value


def put(key: str, value: bytes) -> None:
    """Keep `value` for some minutes, if it is not too large to be worth it."""
    if len(value) > LARGEST:
        return
    memory.put(key, value, len(value))
    share(key, value)


def fetch(key: str) -> bytes | None:
    """What another process shared under `key`; whoever asks often keeps what it was made into in `memory`."""
    if not _is_open():
        return None
    try:
        value = _redis(settings.REDIS_CACHE_URL).get(_name(key))
    except redis.RedisError:
        _rest()
        return None
    return value if isinstance(value, bytes) else None


def share(key: str, value: bytes) -> None:
    """Keep `value` for the other processes alone."""
    if len(value) > LARGEST or not _is_open():
        return
    try:
        _redis(settings.REDIS_CACHE_URL).set(_name(key), value, ex=SECONDS)
    except redis.RedisError:
        _rest()


def _name(key: str) -> str:
    return f"atelier:grid:{key}"


def _is_open() -> bool:
    return bool(settings.REDIS_CACHE_URL) and time.monotonic() >= _rest_until


def _rest() -> None:
    global _rest_until
    _rest_until = time.monotonic() + REST_AFTER_FAILURE


@cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 1)
    )
