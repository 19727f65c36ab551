"""A folder on the machine of the studio: one of its own, or one below the roots an operator allows."""

import errno
import os
import secrets
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from registry.data.datastores import problems
from registry.data.datastores.kinds import anchored
from registry.data.datastores.kinds.base import (
    INCOMING,
    PAGE,
    PIECE,
    Entry,
    FileStore,
    Page,
    Reading,
    checked_folder,
    checked_path,
    checked_range,
    name_problem,
    shown,
)
from registry.data.datastores.kinds.declared import Kind, Place, Setting
from studio.errors import Conflict, Invalid, NotFound, StudioError
from studio.storage.blobs import Readable

RESERVE_BYTES = 1_000_000_000
_ROOM_EVERY = 64 * PIECE  # how often a long write looks at the space that is left
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class LocalFolder(FileStore):
    """Files below `root`. `is_own` says that the folder is the studio's and is made when it is not there."""

    def __init__(self, root: Path, *, is_own: bool) -> None:
        self.root = root
        self._is_own = is_own

    def page(self, folder: str = "", *, cursor: str = "", limit: int = PAGE) -> Page:
        folder = checked_folder(folder)
        with self._open_root() as root, anchored.folder(root, folder) as handle:
            names = sorted(name for name in _listed(handle, folder) if name > cursor and (folder or name != INCOMING))
            found = [self._entry(handle, folder, name) for name in names[:limit]]
        more = names[limit - 1] if len(names) > limit else ""
        return Page([entry for entry in found if entry is not None], more)

    def stat(self, path: str) -> Entry | None:
        path = checked_path(path)
        try:
            with self._open_root() as root:
                found = anchored.look(root, path)
        except Conflict:  # a part of the path is a file
            return None
        if found is None:
            return None
        if stat.S_ISLNK(found.st_mode):
            raise problems.link_refused(path)
        return _described(path, found)

    def read(self, path: str, start: int = 0, end: int | None = None) -> Reading:
        path = checked_path(path)
        checked_range(start, end)
        with self._open_root() as root:
            handle = anchored.open_file(root, path)
        source = os.fdopen(handle, "rb", buffering=0)
        return Reading(_pieces(handle, start, end), source.close)

    def write(self, path: str, stream: Readable, *, overwrite: bool = False) -> Entry:
        path = checked_path(path)
        with self._open_root() as root:
            self._check_target(root, path, overwrite)
            with anchored.folder(root, INCOMING, making=True) as incoming:
                name = secrets.token_hex(16)
                try:
                    self._receive(incoming, name, stream)
                    self._publish(root, incoming, name, path, overwrite)
                finally:
                    _forget(incoming, name)
            found = anchored.look(root, path)
        if found is None:  # removed by somebody in the same moment
            raise problems.file_missing(path)
        return _described(path, found)

    def delete(self, path: str) -> None:
        path = checked_path(path)
        with self._open_root() as root, anchored.parent(root, path) as (handle, name):
            try:
                found = os.stat(name, dir_fd=handle, follow_symlinks=False)
                if stat.S_ISDIR(found.st_mode):
                    os.rmdir(name, dir_fd=handle)
                else:
                    os.unlink(name, dir_fd=handle)
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                    raise problems.folder_not_empty(path) from None
                raise anchored.in_words(error, path) from None

    def link(self, path: str, *, seconds: int, name: str = "") -> str | None:
        return None

    def local_path(self, path: str) -> Path | None:
        """The path, after a look at every part of it: none of them is a link."""
        path = checked_folder(path)
        if path and self.stat(path) is None:
            raise problems.file_missing(path)
        return self.root / path

    def check(self, *, writing: bool = True) -> None:
        with self._open_root() as root:
            _listed(root, "")
            if not writing:
                return
            with anchored.folder(root, INCOMING, making=True) as incoming:
                name = secrets.token_hex(16)
                try:
                    os.close(os.open(name, _NEW_FILE, 0o660, dir_fd=incoming))
                except OSError as error:
                    raise problems.not_allowed(f"The studio may not write to the folder: {error.strerror}") from None
                finally:
                    _forget(incoming, name)

    def tidy(self, *, older_than: timedelta) -> int:
        limit, count = time.time() - older_than.total_seconds(), 0
        try:
            with self._open_root() as root, anchored.folder(root, INCOMING) as incoming:
                for name in os.listdir(incoming):
                    if os.stat(name, dir_fd=incoming, follow_symlinks=False).st_mtime < limit:
                        _forget(incoming, name)
                        count += 1
        except (NotFound, FileNotFoundError):  # nothing was ever written here, or another janitor was faster
            return count
        return count

    @contextmanager
    def _open_root(self) -> Iterator[int]:
        if self._is_own:
            self.root.mkdir(mode=0o770, parents=True, exist_ok=True)
        handle = open_allowed(self.root, self._is_own)
        try:
            yield handle
        finally:
            os.close(handle)

    def _entry(self, handle: int, folder: str, name: str) -> Entry | None:
        path = f"{folder}/{name}" if folder else name
        try:
            found = os.stat(name, dir_fd=handle, follow_symlinks=False)
        except FileNotFoundError:
            return None  # removed while the folder was read
        problem = name_problem(path)
        if stat.S_ISLNK(found.st_mode):
            problem = "it is a link, and links are not followed"
        elif not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            problem = "it is neither a file nor a folder"
        return _described(path, found, problem)

    def _check_target(self, root: int, path: str, overwrite: bool) -> None:
        """Refuse before a byte is read what would be refused after the last one."""
        found = anchored.look(root, path)
        if found is not None and stat.S_ISDIR(found.st_mode):
            raise problems.not_a_file(path)
        if found is not None and not overwrite:
            raise problems.file_exists(path)

    def _receive(self, incoming: int, name: str, stream: Readable) -> None:
        """The whole stream in a temporary file, on the disk."""
        self._check_room(incoming)
        try:
            with os.fdopen(os.open(name, _NEW_FILE, 0o660, dir_fd=incoming), "wb", buffering=0) as target:
                written = 0
                while piece := stream.read(PIECE):
                    if written // _ROOM_EVERY != (written + len(piece)) // _ROOM_EVERY:
                        self._check_room(incoming)
                    _write_all(target.fileno(), piece)
                    written += len(piece)
                os.fsync(target.fileno())
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise problems.disk_full("The datastore's disk") from None
            raise

    def _publish(self, root: int, incoming: int, name: str, path: str, overwrite: bool) -> None:
        """The finished file under its name, in one step."""
        with anchored.parent(root, path, making=True) as (handle, last):
            try:
                if overwrite:
                    os.rename(name, last, src_dir_fd=incoming, dst_dir_fd=handle)
                else:
                    _rename_new(incoming, name, handle, last)
                os.fsync(handle)
            except FileExistsError:
                raise problems.file_exists(path) from None
            except IsADirectoryError:
                raise problems.not_a_file(path) from None
            except OSError as error:
                if error.errno == errno.EXDEV:
                    raise problems.failed(
                        "The folder", "a part of it is on another disk: register that part as a datastore of its own"
                    ) from None
                raise anchored.in_words(error, path) from None

    def _check_room(self, handle: int) -> None:
        """A disk is never filled to its end: 5 % of it, at most 1 GB, stay for what runs on the machine."""
        disk = os.fstatvfs(handle)
        total, free = disk.f_blocks * disk.f_frsize, disk.f_bavail * disk.f_frsize
        if free < min(total // 20, RESERVE_BYTES):
            raise problems.disk_full("The datastore's disk")


def open_allowed(path: Path, is_own: bool) -> int:
    """A descriptor of a datastore's root. Raises DatastoreProblem when it is not there or not below an allowed root."""
    base = path if is_own else allowed_root(path)
    try:
        handle = os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise problems.place_missing(f"The folder {base}") from error
    try:
        with anchored.folder(handle, "" if base == path else str(path.relative_to(base))) as found:
            return os.dup(found)
    except StudioError as error:
        raise problems.place_missing(f"The folder {path}, without links on the way,") from error
    finally:
        os.close(handle)


def allowed_root(path: Path) -> Path:
    """The operator's root that a folder is below. Raises DatastoreProblem when it is below none, or beside the studio's own."""
    own = Path(os.path.realpath(settings.DATA_DIR))
    for root in settings.DATA_ROOTS:
        if ".." in path.parts or not path.is_relative_to(root):
            continue
        real = Path(os.path.realpath(root)) / path.relative_to(root)
        if own.is_relative_to(real) or real.is_relative_to(own):
            break
        return root
    raise problems.DatastoreProblem(
        "datastore_folder_refused",
        f"The folder {path} is not one that datastores may use.",
        hint="The operator lists folders for datastores in ATELIER_DATA_ROOTS.",
    )


def _listed(handle: int, folder: str) -> list[str]:
    try:
        return os.listdir(handle)
    except OSError as error:
        raise anchored.in_words(error, folder) from None


def _described(path: str, found: os.stat_result, problem: str = "") -> Entry:
    is_dir = stat.S_ISDIR(found.st_mode)
    return Entry(
        path=shown(path),
        name=shown(path.rpartition("/")[2]),
        is_dir=is_dir,
        size=0 if is_dir else found.st_size,
        modified_at=datetime.fromtimestamp(found.st_mtime, UTC),
        etag="" if is_dir else f"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}",
        problem=problem,
    )


def _pieces(handle: int, start: int, end: int | None) -> Iterator[bytes]:
    while end is None or start < end:
        piece = os.pread(handle, PIECE if end is None else min(PIECE, end - start), start)
        if not piece:
            return
        start += len(piece)
        yield piece


def _write_all(handle: int, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(handle, left) :]


def _rename_new(from_folder: int, name: str, to_folder: int, last: str) -> None:
    """Rename unless something has that name. A second name for the file refuses that without a race."""
    try:
        os.link(name, last, src_dir_fd=from_folder, dst_dir_fd=to_folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        # A file system without second names: looking first is the best there is.
        if _is_there(to_folder, last):
            raise FileExistsError(errno.EEXIST, "exists") from None
        os.rename(name, last, src_dir_fd=from_folder, dst_dir_fd=to_folder)


def _is_there(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _forget(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return


class LocalFolderKind(Kind):
    """A folder of the studio's machine. Without a path it is one the studio makes and keeps."""

    label = "Local folder"
    icon = "folder"
    settings = (
        Setting("path", "Folder", example="/srv/data/cars", help="Below a folder that the operator allows. Empty: the studio makes one."),
    )  # fmt: skip
    credentials = ()

    def check_options(self, options: Mapping[str, object]) -> None:
        path = str(options.get("path") or "")
        if not path:
            return
        try:
            allowed_root(Path(path))
        except StudioError as error:
            raise Invalid("invalid_datastore", error.message, hint=error.hint, fields={"path": error.message}) from None

    def where(self, options: Mapping[str, object]) -> str:
        return str(options.get("path") or "kept by the studio")

    def open(self, place: Place) -> LocalFolder:
        path = place.text("path")
        return LocalFolder(Path(path) if path else place.own_folder, is_own=not path)
