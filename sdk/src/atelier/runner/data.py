"""The data a job reads: files of the studio, by way of this machine's cache."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Callable
from urllib.parse import parse_qs, quote, urlsplit

from atelier import _snapshot
from atelier.runner import cache as caches
from atelier.runner import client as http
from atelier.runner.failures import Stopped

AT_ONCE = 4
TRIES = 3  # a file may be let go between its fetch and its use
MLTABLE = "MLTable"


@dataclass(frozen=True)
class DataFile:
    """A file of an input, as the studio lists it. Without a key it is never taken from the cache."""

    path: str
    size: int
    sha256: str
    tag: str

    @property
    def key(self) -> str:
        return self.sha256 or (f"t-{hashlib.sha256(self.tag.encode()).hexdigest()}" if self.tag else "")


class Data:
    """Fetches the inputs of one job."""

    def __init__(self, client: http.Client, job: int, cache: caches.Cache, stopped: Callable[[], bool]) -> None:
        self._client = client
        self._job = job
        self._cache = cache
        self._stopped = stopped

    def fetch(self, name: str, item: Mapping[str, Any], place: Path) -> str:
        """Where the input is now: the file, or the folder; its address for the mode `direct`."""
        data = item["data"]
        if item.get("mode") == "direct":
            return str(data["uri"])
        found = list(self._listing(name))
        is_shared = self._make_room(found)
        place.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting = [
                pool.submit(self._place, name, file, place, item.get("mode") == "download", is_shared) for file in found
            ]
            try:
                for each in waiting:
                    each.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        if data.get("mltable"):
            _write(place / MLTABLE, str(data["mltable"]))
        if item.get("type") == "uri_file":
            return str(_snapshot.safe_join(place, found[0].path))
        return str(place)

    def _listing(self, name: str) -> Iterator[DataFile]:
        cursor = "0"
        while cursor:
            answer = self._client.get(f"{self._of(name)}?cursor={cursor}")
            for file in answer["results"]:
                yield DataFile(str(file["path"]), int(file["size"]), str(file["sha256"]), str(file["tag"]))
            following = parse_qs(urlsplit(answer.get("next") or "").query)
            cursor = following.get("cursor", [""])[0]

    def _make_room(self, found: list[DataFile]) -> bool:
        """Whether these files go through the cache: not when they alone are more than it holds."""
        if sum(file.size for file in found) > self._cache.limit:
            return False
        missing = sum(file.size for file in found if file.key and not self._cache.has(file.key, file.size))
        if missing:
            self._cache.make_room(missing)
        return True

    def _place(self, name: str, file: DataFile, place: Path, is_copy: bool, is_shared: bool) -> None:
        if self._stopped():
            raise Stopped
        target = _snapshot.safe_join(place, file.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not file.key or not is_shared:
            self._alone(name, file, target, is_copy)
            return
        for left in reversed(range(TRIES)):
            source = self._cache.get(
                file.key, size=file.size, sha256=file.sha256, download=self._download(name, file), stopped=self._stopped
            )
            target.unlink(missing_ok=True)  # of a try before this one
            try:
                caches.copy(source, target) if is_copy else caches.link(source, target)
                return
            except FileNotFoundError:
                if not left:
                    raise

    def _alone(self, name: str, file: DataFile, target: Path, is_copy: bool) -> None:
        part = target.with_name(f".{target.name[:200]}.part")
        caches.fetch(part, size=file.size, sha256=file.sha256, download=self._download(name, file))
        if not is_copy:
            part.chmod(caches.READ_ONLY)
        part.replace(target)

    def _download(self, name: str, file: DataFile) -> caches.Download:
        path = f"{self._of(name)}/{quote(file.path, safe='/')}"

        def download(sink: IO[bytes], start: int) -> None:
            tag = file.sha256 or file.tag
            self._client.download(path, sink, limit=file.size, start=start, tag=tag)

        return download

    def _of(self, name: str) -> str:
        return f"jobs/{self._job}/inputs/{quote(name, safe='')}/files"


def _write(path: Path, text: str) -> None:
    """The table's own plan, in place of the file that it began with."""
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(caches.READ_ONLY)
