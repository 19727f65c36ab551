"""A brake for callers that run away: a bucket of requests per person and per process, with Retry-After.

It counts in memory because Redis may be away and a database write per request would cost more than the request.
"""

import threading
import time
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

REMEMBERED = 10_000


@dataclass(slots=True)
class Bucket:
    tokens: float
    at: float


class PrincipalThrottle(BaseThrottle):
    """`rate` requests a second on average, `burst` at once, for each person."""

    rate = 300.0
    burst = 2000.0
    _buckets: dict[Any, Bucket] = {}
    _lock = threading.Lock()

    def __init__(self) -> None:
        self.missing = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        now = time.monotonic()
        key = request.user.pk or request.META.get("REMOTE_ADDR", "")
        with self._lock:
            if len(self._buckets) > REMEMBERED:
                self._buckets.clear()
            bucket = self._buckets.setdefault(key, Bucket(self.burst, now))
            bucket.tokens = min(self.burst, bucket.tokens + (now - bucket.at) * self.rate)
            bucket.at = now
            if bucket.tokens >= 1:
                bucket.tokens -= 1
                return True
            self.missing = 1 - bucket.tokens
        return False

    def wait(self) -> float:
        return self.missing / self.rate
