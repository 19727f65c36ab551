"""Where objects lie: a thin layer over Django's storage API that moves finished files in and reads ranges out."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from studio.errors import NoSpace, Unavailable

INCOMING = "incoming"  # unfinished uploads; the janitor empties it


def store() -> Storage:
    return storages["default"]


@contextmanager
def incoming_file() -> Iterator[IO[bytes]]:
    """A temporary file next to the objects, removed at the end unless it was moved into place."""
    folder = incoming_folder()
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    path = Path(name)
    try:
        with path.open("w+b") as stream:
            yield stream
    finally:
        path.unlink(missing_ok=True)


def incoming_folder() -> Path:
    root = _local_root()
    return (root or Path(settings.DATA_DIR)) / INCOMING


def keep(stream: IO[bytes], key: str) -> None:
    """Make a finished temporary file the object `key`: flushed to disk, then moved in one step."""
    stream.flush()
    os.fsync(stream.fileno())
    root = _local_root()
    if root is None:
        stream.seek(0)
        store().save(key, File(cast(BinaryIO, stream)))
        return
    target = root / key
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(stream.name, target)
    _sync_folder(target.parent)


def open_object(key: str) -> BinaryIO:
    """The object for reading. Raises Unavailable when the store has lost it."""
    try:
        return cast(BinaryIO, store().open(key, "rb"))
    except FileNotFoundError as error:
        raise Unavailable(
            "object_missing", "The stored file is not where it should be.", hint="Tell the operator of this studio."
        ) from error


def delete_object(key: str) -> None:
    store().delete(key)


def check_space(wanted: int = 0) -> None:
    """Raises NoSpace when writing `wanted` bytes would leave less than the reserve: 5 % of the disk, at most 1 GB."""
    root = _local_root()
    if root is None:
        return
    root.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(root)
    reserve = min(usage.total // 20, 1_000_000_000)
    if usage.free - wanted < reserve:
        raise NoSpace(
            "disk_full",
            "The studio's disk is almost full, so nothing new is stored.",
            hint="Archive or remove what is not needed, or ask the operator for space.",
        )


def _local_root() -> Path | None:
    """The folder of the objects, where the store is a folder."""
    found = store()
    return Path(found.location) if isinstance(found, FileSystemStorage) else None


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
