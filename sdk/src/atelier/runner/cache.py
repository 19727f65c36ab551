"""Files of data on this machine, shared by the jobs that run on it: each whole under the name of its content, the oldest unused goes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Callable

from atelier import _locks
from atelier.runner.failures import Stopped

BLOCK = 1 << 20
WAIT_SECONDS = 0.1
ABANDONED_SECONDS = 24 * 3600.0
# The time that every cached file bears: one that bears another was written to by a job that had the rights to.
MARK_NS = 1_000_000_000 * 1_000_000_000
READ_ONLY = 0o444
FICLONE = 0x40049409  # Linux: the new file shares the blocks of the old one until either is written

# Writes the bytes of a file from an offset on; answers nothing.
Download = Callable[[IO[bytes], int], None]


class Differs(ValueError):
    """What arrived is not the file that was announced."""


class Cache:
    """A folder of at most `limit` bytes. Any number of processes use it at once."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.limit = limit
        self._objects = folder / "objects"
        self._incoming = folder / "incoming"
        self._locks = folder / "locks"
        for each in (self._objects, self._incoming, self._locks):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)

    def has(self, key: str, size: int) -> bool:
        """Whether the file is here and unchanged; it counts as used now."""
        path = self._path(key)
        try:
            state = path.stat()
            if state.st_size != size or state.st_mtime_ns != MARK_NS:
                path.unlink()
                return False
            os.utime(path, ns=(time.time_ns(), MARK_NS))
        except FileNotFoundError:
            return False
        return True

    def get(self, key: str, *, size: int, sha256: str, download: Download, stopped: Callable[[], bool]) -> Path:
        """The file, fetched when it is not here. Whoever else fetches it meanwhile is waited for.

        Raises `Differs` for other bytes than were announced, and what `download` raises: then the next try goes on from
        where it broke off.
        """
        while not self.has(key, size):
            with self._alone(key) as is_ours:
                if is_ours and not self.has(key, size):
                    part = self._incoming / f"{key}.part"
                    fetch(part, size=size, sha256=sha256, download=download)
                    self._publish(part, key)
            if not is_ours:
                if stopped():
                    raise Stopped
                time.sleep(WAIT_SECONDS)
        return self._path(key)

    def make_room(self, size: int) -> None:
        """Let the files go that were unused for longest, until `size` more bytes fit. A job's own links stay."""
        with self._alone("evicting", name="evicting") as is_ours:
            if not is_ours:
                return
            self._forget_parts()
            found = sorted(self._all(), key=lambda item: item[1].st_atime_ns)
            over = sum(state.st_size for _, state in found) + size - self.limit
            for path, state in found:
                if over <= 0:
                    return
                if state.st_nlink > 1:
                    continue  # a job reads it: letting its name go would free nothing
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
                    over -= state.st_size

    def _path(self, key: str) -> Path:
        return self._objects / key[:2] / key

    def _publish(self, part: Path, key: str) -> None:
        path = self._path(key)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        part.chmod(READ_ONLY)
        os.utime(part, ns=(time.time_ns(), MARK_NS))
        part.replace(path)

    def _all(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self._objects.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):
                yield path, path.stat()

    def _forget_parts(self) -> None:
        for part in self._incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime > ABANDONED_SECONDS:
                    part.unlink()

    @contextlib.contextmanager
    def _alone(self, key: str, name: str = "") -> Iterator[bool]:
        """Whether this process may work at the key now. The lock files are few and stay: none is ever taken from under a holder."""
        lock = _locks.FileLock(self._locks / (name or key[:3]))
        is_ours = lock.acquire()
        try:
            yield is_ours
        finally:
            lock.release()


def fetch(part: Path, *, size: int, sha256: str, download: Download) -> None:
    """Bring a file whole to `part`, going on from what is there. Raises `Differs` for other bytes; then nothing is left."""
    begun = part.stat().st_size if part.exists() else 0
    if begun > size:
        part.unlink()
        begun = 0
    with part.open("ab") as sink:
        if begun < size or not size:
            download(sink, begun)
    found = _digest(part) if sha256 else ""
    if part.stat().st_size == size and found == sha256:
        return
    part.unlink()
    if not begun:
        raise Differs("what arrived is not what was announced: its size or its SHA-256 differs")
    fetch(part, size=size, sha256=sha256, download=download)


def link(source: Path, target: Path) -> None:
    """The cached file under another name, read-only; a copy where links can't be made."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        copy(source, target)
        target.chmod(READ_ONLY)


def copy(source: Path, target: Path) -> None:
    """A copy of its own, sharing blocks where the file system can."""
    with source.open("rb") as origin, target.open("wb") as sink:
        if not _cloned(origin, sink):
            shutil.copyfileobj(origin, sink, BLOCK)


def _cloned(origin: IO[bytes], sink: IO[bytes]) -> bool:
    try:
        import fcntl

        fcntl.ioctl(sink.fileno(), FICLONE, origin.fileno())
    except (ImportError, OSError):
        return False
    return True


def _digest(path: Path) -> str:
    hashed = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            hashed.update(block)
    return hashed.hexdigest()
