"""Stores that know objects and no folders: a folder is what the names of objects begin with."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from registry.data.datastores import problems
from registry.data.datastores.kinds.base import (
    INCOMING,
    PAGE,
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


@dataclass(frozen=True, slots=True)
class Found:
    """An object, or what several names begin with (`key` then ends with a slash)."""

    key: str
    size: int = 0
    modified_at: datetime | None = None
    etag: str = ""

    @property
    def is_folder(self) -> bool:
        return self.key.endswith("/")


class ObjectStore(FileStore):
    """The files of a store of objects, below a prefix. Kinds say how their store is asked."""

    def __init__(self, prefix: str) -> None:
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    @abstractmethod
    def list_objects(self, beginning: str, *, by_folder: bool, cursor: str, limit: int) -> tuple[list[Found], str]:
        """One page of the objects whose names begin so; `by_folder` names what lies deeper by its folder only."""

    @abstractmethod
    def head(self, key: str) -> Found | None: ...

    @abstractmethod
    def open_object(self, key: str, path: str, start: int, end: int | None) -> Reading:
        """Raises NotFound when there is none. `end` is never `start`."""

    @abstractmethod
    def remove(self, key: str) -> None: ...

    def page(self, folder: str = "", *, cursor: str = "", limit: int = PAGE) -> Page:
        beginning = self._beginning(checked_folder(folder))
        found, following = self.list_objects(beginning, by_folder=True, cursor=cursor, limit=limit)
        if not found and not following and not cursor and folder:
            raise problems.file_missing(folder)
        # A folder's marker, an empty object with the folder's own name, says only that there is one.
        return Page(
            [self._entry(one) for one in found if one.key != beginning and not self._is_ours(one.key)], following
        )

    def walk(self, folder: str = "") -> Iterator[Entry]:
        beginning, cursor, is_empty = self._beginning(checked_folder(folder)), "", True
        while True:
            found, cursor = self.list_objects(beginning, by_folder=False, cursor=cursor, limit=PAGE)
            is_empty = is_empty and not found
            for one in found:
                if one.is_folder or self._is_ours(one.key):
                    continue
                entry = self._entry(one)
                if entry.problem:
                    raise problems.unusable_name(entry.path, entry.problem)
                yield entry
            if not cursor:
                break
        if is_empty and folder:
            raise problems.file_missing(folder)

    def stat(self, path: str) -> Entry | None:
        path = checked_path(path)
        found = self.head(self.prefix + path)
        if found is not None:
            return self._entry(found)
        return Entry(path, path.rpartition("/")[2], is_dir=True) if self._has_below(path) else None

    def read(self, path: str, start: int = 0, end: int | None = None) -> Reading:
        path = checked_path(path)
        checked_range(start, end)
        if start != end:
            return self.open_object(self.prefix + path, path, start, end)
        if self.head(self.prefix + path) is None:
            raise problems.file_missing(path)
        return Reading(iter(()), lambda: None)

    def delete(self, path: str) -> None:
        path = checked_path(path)
        if self.head(self.prefix + path) is not None:
            return self.remove(self.prefix + path)
        found, _ = self.list_objects(self._beginning(path), by_folder=False, cursor="", limit=2)
        if not found:
            raise problems.file_missing(path)
        if [one.key for one in found] != [self._beginning(path)]:
            raise problems.folder_not_empty(path)
        return self.remove(self._beginning(path))

    def local_path(self, path: str) -> Path | None:
        return None

    def tidy(self, *, older_than: timedelta) -> int:
        return 0

    def refuse_existing(self, path: str, overwrite: bool) -> None:
        """Refuse before a byte is read what the store itself would refuse after the last one."""
        if not overwrite and self.head(self.prefix + path) is not None:
            raise problems.file_exists(path)

    def _beginning(self, folder: str) -> str:
        return f"{self.prefix}{folder}/" if folder else self.prefix

    def _has_below(self, path: str) -> bool:
        return bool(self.list_objects(self._beginning(path), by_folder=False, cursor="", limit=1)[0])

    def _is_ours(self, key: str) -> bool:
        return key.startswith(f"{self.prefix}{INCOMING}/")

    def _entry(self, found: Found) -> Entry:
        path = found.key[len(self.prefix) :].removesuffix("/")
        return Entry(
            path=shown(path),
            name=shown(path.rpartition("/")[2]),
            is_dir=found.is_folder,
            size=found.size,
            modified_at=found.modified_at,
            etag=found.etag,
            problem=name_problem(path),
        )
