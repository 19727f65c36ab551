"""Files on their way from the studio: resumed where they were cut, whole or not there, never outside their folder."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier import _client, _errors, _names
from atelier._data.lanes import each
from atelier._data.patience import SECONDS, Patience
from atelier._data.tally import Tally, Told

if TYPE_CHECKING:
    import httpx

BLOCK = 1 << 20
LONGEST_NAME = 120  # of the part of a name that a partial file keeps
PLAIN = {"Accept": "*/*", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class RemoteFile:
    """A file of the studio: where it is asked for, its name below the folder it is saved to, what is known of it."""

    address: str
    name: str
    size: int | None = None
    sha256: str = ""


@dataclass
class _Source:
    """What the server said of the bytes it gives: they are gone on with only while they are these."""

    etag: str = ""
    size: int = -1
    counted: int = 0


class Fetcher:
    """Saves files below a folder."""

    def __init__(self, api: _client.Client, *, progress: Told | None = None, patience: float = SECONDS) -> None:
        self._api = api
        self._progress = progress
        self._seconds = patience
        self._stop = threading.Event()
        self._tally = Tally(0, 0, None)

    def save(self, files: Sequence[RemoteFile], folder: Path) -> list[Path]:
        """Saves all files. Raises `UnsafeName` before anything is written when one would leave the folder."""
        targets = [(file, _names.safe_join(folder, file.name)) for file in files]
        self._tally = Tally(len(files), sum(file.size or 0 for file in files), self._progress)
        each(self._save, targets, stop=self._stop)
        return [target for _, target in targets]

    def _save(self, pair: tuple[RemoteFile, Path]) -> None:
        file, target = pair
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if _is_there(file, target):
                self._tally.moved(file.name, file.size or 0)
            else:
                self._fetch(file, target)
        except OSError as error:
            raise _errors.AtelierError(f"{target} cannot be written: {error}.") from error
        self._tally.finished(file.name)

    def _fetch(self, file: RemoteFile, target: Path) -> None:
        patience = Patience(self._seconds, self._stop)
        source = self._known(file, target)
        while True:
            patience.check()
            try:
                partial = self._go_on(file, target, source, patience)
            except _errors.Unreachable as error:
                patience.wait(error)
            else:
                break
        self._check(file, partial)
        partial.replace(target)

    def _known(self, file: RemoteFile, target: Path) -> _Source:
        """What can be gone on with: only where a part of the file lies here is the server asked beforehand."""
        if not any(target.parent.glob(f".{_glob(target)}.*.part")):
            return _Source()
        found = self._api.request("HEAD", file.address, headers=PLAIN)
        return _Source(found.headers.get("ETag", ""), _size(found, 0))

    def _go_on(self, file: RemoteFile, target: Path, source: _Source, patience: Patience) -> Path:
        """Fetches what is missing, and answers the file it went to. Raises `Unreachable` while something still is."""
        partial = _partial(target, source.etag)
        have = _have(partial, source)
        if have and have == source.size:
            self._count(file, source, have)
            return partial
        headers = {**PLAIN, "Range": f"bytes={have}-", "If-Range": source.etag} if have else PLAIN
        with self._api.opened(file.address, headers=headers) as response:
            if response.status_code != 206 or response.headers.get("ETag", "") != source.etag:
                have = 0  # the file is another one by now: from the beginning
            source.etag, source.size = response.headers.get("ETag", ""), _size(response, have)
            self._count(file, source, have)
            partial = _partial(target, source.etag)
            with partial.open("ab" if have else "wb") as sink:
                for piece in response.iter_raw(BLOCK):
                    patience.check()
                    sink.write(piece)
                    self._count(file, source, source.counted + len(piece))
                    patience.moved()
        if source.counted < source.size:
            raise _errors.Unreachable(f"The line broke while {file.name} was on its way.")
        return partial

    def _count(self, file: RemoteFile, source: _Source, now: int) -> None:
        self._tally.moved(file.name, now - source.counted)
        source.counted = now

    def _check(self, file: RemoteFile, partial: Path) -> None:
        if not file.sha256 or _digest(partial) == file.sha256:
            return
        partial.unlink()
        raise _errors.Unreachable(f"The file {file.name} did not arrive as it was registered. Try again.")


def _is_there(file: RemoteFile, target: Path) -> bool:
    """Whether the very file lies there already."""
    if not file.sha256 or not target.is_file() or target.stat().st_size != file.size:
        return False
    return _digest(target) == file.sha256


def _partial(target: Path, etag: str) -> Path:
    """Where a file is kept until it is whole: named by what its bytes are, so that no two mix."""
    mark = hashlib.sha256(etag.encode()).hexdigest()[:16]
    return target.with_name(f".{_short(target)}.{mark}.part")


def _have(partial: Path, source: _Source) -> int:
    """The bytes that can be gone on with."""
    if not source.etag or not partial.exists():
        return 0
    size = partial.stat().st_size
    return size if size <= source.size else 0


def _short(target: Path) -> str:
    return (
        target.name if len(target.name.encode()) <= LONGEST_NAME else hashlib.sha256(target.name.encode()).hexdigest()
    )


def _glob(target: Path) -> str:
    import glob

    return glob.escape(_short(target))


def _size(response: httpx.Response, have: int) -> int:
    text = response.headers.get("Content-Length", "")
    return have + int(text) if text.isdigit() else -1


def _digest(path: Path) -> str:
    hashed: Any = hashlib.sha256()
    with path.open("rb") as source:
        while block := source.read(BLOCK):
            hashed.update(block)
    return str(hashed.hexdigest())
