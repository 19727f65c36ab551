"""Telling the studio how the job is: heartbeats, and how far it has come, in order, for as long as it takes."""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
from functools import partial
from typing import Callable

from atelier.runner import client as http


class Heartbeat(threading.Thread):
    """Renews the lease and hears whether the job shall stop."""

    def __init__(
        self,
        client: http.Client,
        *,
        job: int,
        attempt: int,
        every: float,
        on_cancel: Callable[[], None],
        on_gone: Callable[[], None],
    ) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self._client = client
        self._path = f"jobs/{job}/heartbeat"
        self._attempt = attempt
        self._every = every
        self._on_cancel = on_cancel
        self._on_gone = on_gone
        self._wake = threading.Event()
        self._closed = False
        self.pgid: int | None = None

    def now(self) -> None:
        """Report at once."""
        self._wake.set()

    def close(self) -> None:
        self._closed = True
        self._wake.set()

    def run(self) -> None:
        patience = http.Patience()
        while not self._closed:
            pause = self._every
            try:
                self._beat()
                patience.reset()
            except http.Unreachable as error:
                pause = min(patience.pause(error), self._every)
            except http.Refused as error:
                if error.is_final:
                    self._on_gone()
                    return
            self._wake.wait(pause)
            self._wake.clear()

    def _beat(self) -> None:
        body = {"attempt": self._attempt, "pid": os.getpid(), "pgid": self.pgid, "host": socket.gethostname()[:255]}
        answer = self._client.post(self._path, body)
        if answer.get("cancel"):
            self._on_cancel()


class States(threading.Thread):
    """Reports the job's states one after another, each until it has arrived."""

    def __init__(
        self,
        client: http.Client,
        *,
        job: int,
        attempt: int,
        on_cancel: Callable[[], None],
        on_gone: Callable[[], None],
        until: Callable[[], bool],
    ) -> None:
        super().__init__(name="states", daemon=True)
        self._client = client
        self._path = f"jobs/{job}/state"
        self._attempt = attempt
        self._on_cancel = on_cancel
        self._on_gone = on_gone
        self._until = until
        self._queue: queue.Queue[tuple[str, str, float] | None] = queue.Queue()

    def report(self, state: str, detail: str = "") -> None:
        """Say that the job is in `state` since now."""
        self._queue.put((state, detail, time.monotonic()))

    def close(self) -> None:
        """Wait until everything is reported, or given up."""
        self._queue.put(None)
        self.join()

    def run(self) -> None:
        while (item := self._queue.get()) is not None:
            try:
                answer = http.persist(partial(self._post, *item), until=self._until)
            except http.Unreachable:
                continue
            except http.Refused as error:
                if error.is_final:
                    self._on_gone()
                continue
            if answer.get("cancel"):
                self._on_cancel()

    def _post(self, state: str, detail: str, since: float) -> dict[str, object]:
        age = time.monotonic() - since
        body = {"attempt": self._attempt, "state": state, "detail": detail, "age_seconds": round(age, 3)}
        return self._client.post(self._path, body)
