"""A store that is only read from, whatever its credential would allow."""

from datetime import timedelta
from pathlib import Path

from registry.data.datastores import problems
from registry.data.datastores.kinds.base import PAGE, Entry, FileStore, Page, Reading
from studio.storage.blobs import Readable


class ReadOnly(FileStore):
    def __init__(self, store: FileStore, name: str) -> None:
        self._store = store
        self._name = name

    def page(self, folder: str = "", *, cursor: str = "", limit: int = PAGE) -> Page:
        return self._store.page(folder, cursor=cursor, limit=limit)

    def stat(self, path: str) -> Entry | None:
        return self._store.stat(path)

    def read(self, path: str, start: int = 0, end: int | None = None) -> Reading:
        return self._store.read(path, start, end)

    def write(self, path: str, stream: Readable, *, overwrite: bool = False) -> Entry:
        raise problems.read_only(self._name)

    def delete(self, path: str) -> None:
        raise problems.read_only(self._name)

    def link(self, path: str, *, seconds: int, name: str = "") -> str | None:
        return self._store.link(path, seconds=seconds, name=name)

    def local_path(self, path: str) -> Path | None:
        return self._store.local_path(path)

    def check(self, *, writing: bool = True) -> None:
        self._store.check(writing=False)

    def tidy(self, *, older_than: timedelta) -> int:
        return 0
