"""What every place that holds files can do, whatever kind it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, Self

from registry.data.datastores import problems
from studio.errors import Invalid
from studio.storage import names
from studio.storage.blobs import Readable

PIECE = 1 << 20  # bytes read or sent at a time
PAGE = 1000  # entries of a folder asked for at a time
# Unfinished files of stores that know no atomic commit; never listed, read or written by name.
INCOMING = ".atelier-incoming"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or folder. `etag` changes whenever a file's content does; `problem` says why it can't be opened."""

    path: str
    name: str
    is_dir: bool
    size: int = 0
    modified_at: datetime | None = None
    etag: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries of a folder; `cursor` asks for the next ones and is empty at the end."""

    entries: list[Entry]
    cursor: str = ""


class FileStore(Protocol):
    """Files below a datastore's prefix. Paths are `safe_relpath`s; the empty one is the prefix itself.

    Whatever a store says is raised as a StudioError with one sentence: DatastoreProblem when the place itself is at fault.
    Every call stands alone and may be made from any thread.
    """

    def page(self, folder: str = "", *, cursor: str = "", limit: int = PAGE) -> Page:
        """Files and folders right in `folder`, in the store's order. Raises NotFound when there is no such folder."""
        ...

    def entries(self, folder: str = "") -> Iterator[Entry]:
        """All of what is right in `folder`, page by page."""
        cursor = ""
        while True:
            page = self.page(folder, cursor=cursor)
            yield from page.entries
            cursor = page.cursor
            if not cursor:
                return

    def walk(self, folder: str = "") -> Iterator[Entry]:
        """Every file below `folder`, at any depth. Raises Conflict or Invalid at one that can't be opened: none is left out."""
        waiting = [folder]
        while waiting:
            below = []
            for entry in self.entries(waiting.pop()):
                if entry.problem:
                    raise problems.unusable_name(entry.path, entry.problem)
                if entry.is_dir:
                    below.append(entry.path)
                else:
                    yield entry
            waiting += reversed(below)

    def stat(self, path: str) -> Entry | None:
        """The file or folder of this name, or None."""
        ...

    def read(self, path: str, start: int = 0, end: int | None = None) -> "Reading":
        """The bytes from `start` up to but without `end`. The file is opened at once: what is wrong is raised here."""
        ...

    def write(self, path: str, stream: Readable, *, overwrite: bool = False) -> Entry:
        """Keep `stream` to its end as one file: whole, or not at all. Raises Conflict where a file is, unless told to overwrite."""
        ...

    def delete(self, path: str) -> None:
        """Remove a file or an empty folder. Raises NotFound when there is none."""
        ...

    def link(self, path: str, *, seconds: int, name: str = "") -> str | None:
        """An address of the store itself that opens the file for a while, downloaded as `name`; None where it has none."""
        ...

    def local_path(self, path: str) -> Path | None:
        """Where the file or folder lies on this machine, for readers that need a path; None for places elsewhere."""
        ...

    def check(self, *, writing: bool = True) -> None:
        """Try to list and, when `writing`, to write and remove a file. Raises DatastoreProblem with what is wrong."""
        ...

    def tidy(self, *, older_than: timedelta) -> int:
        """Remove what writes that were killed left behind. Answers how many."""
        ...


class Reading(Iterator[bytes]):
    """Bytes in pieces, and what is closed after the last one, however that comes about."""

    def __init__(self, pieces: Iterator[bytes], close: Callable[[], object]) -> None:
        self._pieces = pieces
        self._close: Callable[[], object] | None = close

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:  # also at the end
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file or connection; may be called again."""
        close, self._close = self._close, None
        if close is not None:
            close()


def checked_path(path: str) -> str:
    """The canonical form of a file's name. Raises Invalid for one that could lead elsewhere."""
    if path == INCOMING or path.startswith(INCOMING + "/"):
        raise problems.reserved_name(path)
    return names.safe_relpath(path)


def checked_folder(path: str) -> str:
    """Like `checked_path`; the empty name is the datastore's root."""
    return checked_path(path) if path else ""


def checked_range(start: int, end: int | None) -> None:
    if start < 0 or (end is not None and end < start):
        raise Invalid("invalid_range", "The range of bytes is none: it begins after its end.")


def name_problem(path: str) -> str:
    """Why a name found in a store can't be used here, in a few words; empty when it can."""
    try:
        return "" if names.safe_relpath(path) == path else "its name is written with combining characters"
    except Invalid:
        return "its name has characters that the studio does not take"


def shown(name: str) -> str:
    """A found name in a form that can be shown and sent, also when it is no valid text."""
    return name if name.isprintable() else ascii(name)[1:-1]
