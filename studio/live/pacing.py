"""Hints of fast streams: metrics and log bytes may come fifty times a second, a page looks again four times.

The first hint goes out at once, those that follow within the interval become one at its end: the last is never lost.
"""

import threading
import time
from collections.abc import Callable
from functools import partial

from django.db import transaction

from studio.live import publish

INTERVAL_SECONDS = 0.25
_PRUNE_ABOVE = 2_000  # streams remembered before the quiet ones are forgotten

Offsets = dict[str, int | str]
Send = Callable[[str, str, Offsets], None]


class Pacer:
    """Lets one hint per stream and interval through, with the newest offsets."""

    def __init__(self, send: Send, interval: float = INTERVAL_SECONDS) -> None:
        self._send = send
        self._interval = interval
        self._lock = threading.Lock()
        self._sent_at: dict[tuple[str, str], float] = {}
        self._waiting: dict[tuple[str, str], Offsets] = {}

    def note(self, topic: str, event: str, offsets: Offsets) -> None:
        """Something happened: send now, or with what else happens until the interval has passed."""
        stream = (topic, event)
        with self._lock:
            if stream in self._waiting:
                self._waiting[stream] = offsets
                return
            now = time.monotonic()
            rest = self._sent_at.get(stream, -self._interval) + self._interval - now
            if rest <= 0:
                self._prune(now)
                self._sent_at[stream] = now
            else:
                self._waiting[stream] = offsets
                self._start_timer(rest, stream)
        if rest <= 0:
            self._send(topic, event, offsets)

    def _start_timer(self, seconds: float, stream: tuple[str, str]) -> None:
        timer = threading.Timer(seconds, self._release, (stream,))
        timer.daemon = True
        timer.start()

    def _release(self, stream: tuple[str, str]) -> None:
        with self._lock:
            offsets = self._waiting.pop(stream)
            self._sent_at[stream] = time.monotonic()
        self._send(*stream, offsets)

    def _prune(self, now: float) -> None:
        if len(self._sent_at) > _PRUNE_ABOVE:
            self._sent_at = {stream: at for stream, at in self._sent_at.items() if now - at < self._interval}


_pacer = Pacer(lambda topic, event, offsets: publish.send_hint(topic, event, offsets))


def publish_paced(topic: str, event: str, **offsets: int | str) -> None:
    """Like `publish`, for what happens many times a second."""
    transaction.on_commit(partial(_pacer.note, topic, event, offsets))
