"""Several things at once, a few at a time; the first failure ends the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Any, TypeVar

from atelier._data.patience import Stopped

AT_ONCE = 4
T = TypeVar("T")


class Lanes:
    """Threads for one transfer. `add` waits for a free one, so what is in memory stays as much as the lanes hold."""

    def __init__(self, count: int = AT_ONCE, stop: threading.Event | None = None) -> None:
        self.stop = stop or threading.Event()
        self._count = max(1, count)
        self._pool = ThreadPoolExecutor(self._count, thread_name_prefix="atelier-data")
        self._busy: set[Future[Any]] = set()

    def __enter__(self) -> Lanes:  # noqa: PYI034 - Self came with Python 3.11
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if kind is not None:
            self.stop.set()
        try:
            if kind is None:
                self._wait(until=0)
        finally:
            self._pool.shutdown(wait=True)

    def add(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Does this in a thread. Raises what an earlier one raised."""
        self._wait(until=self._count - 1)
        self._busy.add(self._pool.submit(work, *arguments))

    def _wait(self, *, until: int) -> None:
        while len(self._busy) > until:
            done, self._busy = wait(self._busy, return_when=FIRST_COMPLETED)
            self._raise(done)

    def _raise(self, done: Iterable[Future[Any]]) -> None:
        errors = [error for error in (future.exception() for future in done) if error is not None]
        if not errors:
            return
        self.stop.set()
        rest, _ = wait(self._busy)
        self._busy = set()
        errors += [error for error in (future.exception() for future in rest) if error is not None]
        raise next((error for error in errors if not isinstance(error, Stopped)), errors[0])


def each(work: Callable[[T], Any], things: Iterable[T], *, stop: threading.Event, count: int = AT_ONCE) -> None:
    """Does the same with every thing, a few at once."""
    with Lanes(count, stop) as lanes:
        for thing in things:
            lanes.add(work, thing)
