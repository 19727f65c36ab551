"""How long a transfer goes on trying while the line or the server is away."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from atelier import _errors

SECONDS = 120.0  # without anything getting through
FIRST_PAUSE, LONGEST_PAUSE, MOST_DOUBLINGS = 0.2, 8.0, 10
# A full disk and a place that refuses the studio stay what they are for a while.
FULL = 507
REFUSED_ELSEWHERE = "datastore_"
T = TypeVar("T")


class Stopped(Exception):
    """Another part of the same transfer has failed: this one need not go on."""


class Patience:
    """Waits between tries, a little longer and never for the same time; gives up when nothing got through for long."""

    def __init__(self, seconds: float = SECONDS, stop: threading.Event | None = None) -> None:
        self._seconds = seconds
        self._stop = stop or threading.Event()
        self._failures = 0
        self._moved_at = time.monotonic()

    def moved(self) -> None:
        """Something got through: the next failure is a new one."""
        self._failures = 0
        self._moved_at = time.monotonic()

    def wait(self, error: _errors.Unreachable) -> None:
        """Waits before another try, or raises the error when there is no point in one."""
        is_lasting = error.status == FULL or error.code.startswith(REFUSED_ELSEWHERE)
        if is_lasting or time.monotonic() - self._moved_at > self._seconds:
            raise error
        self._failures += 1
        ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures, MOST_DOUBLINGS))
        pause = max(random.uniform(0.05, ceiling), min(error.retry_after or 0.0, LONGEST_PAUSE))
        if self._stop.wait(pause):
            raise Stopped

    def keep(self, work: Callable[[], T]) -> T:
        """What `work` answers, tried again while the server is away."""
        while True:
            self.check()
            try:
                answer = work()
            except _errors.Unreachable as error:
                self.wait(error)
            else:
                self.moved()
                return answer

    def check(self) -> None:
        """Raises `Stopped` when the whole transfer ends."""
        if self._stop.is_set():
            raise Stopped
