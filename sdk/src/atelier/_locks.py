"""A lock that the operating system gives back when its process dies."""

from __future__ import annotations

import os
from pathlib import Path


class FileLock:
    """Held by at most one process at a time, through a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Takes the lock, or answers False when another holder lives."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if _try_lock(handle):
            self._handle = handle
            return True
        os.close(handle)
        return False

    def release(self) -> None:
        """Gives the lock back."""
        if self._handle is not None:
            # Closing is enough, and in a forked child it leaves the parent's hold alone.
            os.close(self._handle)
            self._handle = None


def _try_lock(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:
        return _try_lock_windows(handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _try_lock_windows(handle: int) -> bool:
    import msvcrt

    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    except OSError:
        return False
    return True
