"""Files below one folder of this machine, reached part by part so that no link on the way leads out of it."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from registry.data.datastores import problems
from studio.errors import NotFound

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK the opening of a pipe would wait for somebody to write into it.
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


@contextmanager
def folder(root: int, path: str, *, making: bool = False, named: str = "") -> Iterator[int]:
    """The descriptor of a folder below `root`; `making` makes the parts that are not there. Errors name `named`."""
    handle = os.dup(root)
    try:
        for part in path.split("/") if path else ():
            following = _step(handle, part, named or path, making)
            os.close(handle)
            handle = following
        yield handle
    finally:
        os.close(handle)


@contextmanager
def parent(root: int, path: str, *, making: bool = False) -> Iterator[tuple[int, str]]:
    """The descriptor of the folder a path lies in, and its last part."""
    above, _, name = path.rpartition("/")
    with folder(root, above, making=making, named=path) as handle:
        yield handle, name


def open_file(root: int, path: str) -> int:
    """A descriptor of a regular file, for reading."""
    with parent(root, path) as (handle, name):
        try:
            opened = os.open(name, FILE, dir_fd=handle)
        except OSError as error:
            raise in_words(error, path) from None
    found = os.fstat(opened)
    if stat.S_ISREG(found.st_mode):
        return opened
    os.close(opened)
    raise problems.not_a_file(path, "a folder" if stat.S_ISDIR(found.st_mode) else "a device or a pipe")


def look(root: int, path: str) -> os.stat_result | None:
    """What lies there, links not followed; None when nothing does."""
    try:
        with parent(root, path) as (handle, name):
            return os.stat(name, dir_fd=handle, follow_symlinks=False)
    except NotFound:
        return None
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return None
        raise in_words(error, path) from None


def _step(handle: int, part: str, path: str, making: bool) -> int:
    try:
        return os.open(part, FOLDER, dir_fd=handle)
    except FileNotFoundError as error:
        if not making:
            raise in_words(error, path) from None
    except OSError as error:
        if _is_link(handle, part):
            raise problems.link_refused(path) from None
        raise in_words(error, path) from None
    try:
        os.mkdir(part, 0o770, dir_fd=handle)
    except FileExistsError:
        pass  # somebody made it meanwhile
    except OSError as error:
        raise in_words(error, path) from None
    return _step(handle, part, path, making=False)


def _is_link(handle: int, part: str) -> bool:
    try:
        return stat.S_ISLNK(os.stat(part, dir_fd=handle, follow_symlinks=False).st_mode)
    except OSError:
        return False


def in_words(error: OSError, path: str) -> Exception:
    """The operating system's word as one of ours."""
    if error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
        return problems.file_missing(path)
    if error.errno == errno.ENOTDIR:
        return problems.not_a_folder(path)
    if error.errno == errno.ELOOP:
        return problems.link_refused(path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return problems.disk_full("The datastore's disk")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return problems.not_allowed(f"The studio may not open '{path}'")
    return problems.failed("The folder", error.strerror or str(error))
