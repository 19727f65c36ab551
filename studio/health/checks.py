"""What the studio stands on, each looked at for a second at most, the answer kept for a moment."""

import http.client
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit
from uuid import uuid4

import redis
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import DatabaseError, connection

from studio.health import pulse

logger = logging.getLogger(__name__)
LONGEST = 1.0  # seconds a check may take
KEPT_GOOD = 1.0  # seconds a good report stands; a bad one is looked at again sooner
KEPT_BAD = 0.1
# Told, but no reason to call the studio not ready: its pages work without it.
BESIDE = frozenset({"gateway"})


@dataclass(frozen=True, slots=True)
class Check:
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    checks: Mapping[str, Check]
    made_at: float

    @property
    def is_ready(self) -> bool:
        return all(check.ok for name, check in self.checks.items() if name not in BESIDE)

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.made_at < (KEPT_GOOD if self.is_ready else KEPT_BAD)


_lock = threading.Lock()
_last: Report | None = None


def report() -> Report:
    """The state of everything: the last look if that was just now, else a new one."""
    global _last
    with _lock:
        if _last is None or not _last.is_fresh:
            _last = Report(look(), time.monotonic())
        return _last


def look() -> dict[str, Check]:
    """Every check side by side, one that takes too long counted as down."""
    pending = {name: _pool().submit(_guarded, name, check) for name, check in CHECKS.items()}
    ends_at = time.monotonic() + LONGEST
    found = {}
    for name, future in pending.items():
        try:
            found[name] = future.result(timeout=max(0.0, ends_at - time.monotonic()))
        except TimeoutError:
            found[name] = Check(ok=False, detail="no answer within a second")
    return found


def database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()  # the next look starts with a new one
        raise
    return Check(ok=True)


def redis_server() -> Check:
    pulse.client().ping()
    return Check(ok=True)


def worker() -> Check:
    return Check(ok=True) if pulse.is_any_worker_alive() else Check(ok=False, detail="no worker has reported lately")


def storage() -> Check:
    """A file can be written where artifacts go."""
    folder = Path(cast(FileSystemStorage, storages["default"]).location)
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".probe-{uuid4().hex}"
    try:
        probe.write_bytes(os.urandom(16))
    finally:
        probe.unlink(missing_ok=True)
    return Check(ok=True)


def gateway() -> Check:
    """The process in front of endpoints."""
    parts = urlsplit(settings.GATEWAY_ADDRESS)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=LONGEST)
    try:
        connection.request("GET", "/healthz")
        return Check(ok=connection.getresponse().status == 200)
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


CHECKS: Mapping[str, Callable[[], Check]] = {
    "database": database,
    "redis": redis_server,
    "worker": worker,
    "storage": storage,
    "gateway": gateway,
}


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError) as error:
        logger.warning("not ready, %s: %s", name, error)
        return Check(ok=False, detail="does not answer")  # the reason is for the log: anybody may read this page


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=2 * len(CHECKS), thread_name_prefix="health")
