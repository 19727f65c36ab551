"""Copies on this machine of files that lie elsewhere: found by their content, complete or not there, bounded in all."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from studio.errors import Conflict, TooLarge, Unavailable
from studio.storage import stores

MB = 1024 * 1024
SECONDS_FOR_ANOTHER = 10.0  # that somebody else may take who fetches the same file
SECONDS_IN_USE = 600.0  # a copy that was asked for a moment ago stays


def key_of(*parts: object) -> str:
    """A name for bytes whose hash is not known: of all that changes when they do."""
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()


def found(key: str) -> Path | None:
    """The copy by this name, which is then the one used last."""
    path = _path(key)
    try:
        os.utime(path)
    except FileNotFoundError:
        return None
    return path


def keep(key: str, pieces: Iterable[bytes], *, size: int, sha256: str = "") -> Path:
    """A copy of these bytes. Raises Conflict when they are not what was announced, TooLarge and NoSpace."""
    if size > settings.READING_CACHE_MB * MB:
        message = f"The file is larger than the {settings.READING_CACHE_MB / 1000:g} GB that the studio keeps of files elsewhere."
        raise TooLarge("file_too_large", message, hint="ATELIER_DATA_CACHE_MB sets the limit.")
    with _alone(key):
        copy = found(key)
        if copy is not None:
            return copy
        _make_room(size)
        stores.check_space(size)
        return _written(key, pieces, size, sha256)


def _written(key: str, pieces: Iterable[bytes], size: int, sha256: str) -> Path:
    path = _path(key)
    part = path.with_suffix(".part")
    digest = hashlib.sha256()
    count = 0
    try:
        with part.open("wb") as target:
            for piece in pieces:
                digest.update(piece)
                count += len(piece)
                target.write(piece)
        if count != size or (sha256 and digest.hexdigest() != sha256):
            raise Conflict("data_changed", "The file is not the one that was registered any more.")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


@contextmanager
def _alone(key: str) -> Iterator[None]:
    """Hold the right to fetch a file, in all processes. Raises Unavailable when somebody else has it for long."""
    path = _path(key).with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + SECONDS_FOR_ANOTHER
    with path.open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise being_fetched() from None
                time.sleep(0.05)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def being_fetched() -> Unavailable:
    message = "The files lie elsewhere and are being fetched."
    return Unavailable("data_being_fetched", message, hint="Try again in a moment.", retry_after=3)


def _make_room(size: int) -> None:
    """Remove what was not used for longest until there is room."""
    copies = []
    for path in _root().glob("*/*"):
        with contextlib.suppress(FileNotFoundError):
            seen = path.stat()
            copies.append((seen.st_mtime, seen.st_size, path))
    left = sum(length for _, length, _ in copies) + size - settings.READING_CACHE_MB * MB
    for used_at, length, path in sorted(copies):
        if left <= 0:
            return
        if time.time() - used_at > SECONDS_IN_USE:
            path.unlink(missing_ok=True)
            left -= length


def clear() -> None:
    """Remove every copy: they are made again when they are needed."""
    shutil.rmtree(_root(), ignore_errors=True)


def _root() -> Path:
    return Path(settings.READING_CACHE_DIR)


def _path(key: str) -> Path:
    return _root() / key[:2] / key
