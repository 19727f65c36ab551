"""How far a transfer is, told as it goes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far a transfer is; `path` is the file that moved last."""

    path: str
    bytes_done: int
    bytes: int
    files_done: int
    files: int


Told = Callable[[Progress], None]


class Tally:
    """Counts what several threads moved, and tells one listener at a time."""

    def __init__(self, files: int, size: int, told: Told | None) -> None:
        self._files, self._size, self._told = files, size, told
        self._files_done = self._bytes_done = 0
        self._lock = threading.Lock()

    def moved(self, path: str, size: int) -> None:
        """So many bytes more (or less, when some must be sent again)."""
        self._add(path, size, 0)

    def finished(self, path: str) -> None:
        """One file more is whole."""
        self._add(path, 0, 1)

    def _add(self, path: str, size: int, files: int) -> None:
        with self._lock:
            self._bytes_done += size
            self._files_done += files
            if self._told is not None:
                self._told(Progress(path, self._bytes_done, self._size, self._files_done, self._files))
