"""Files on their way into a datastore: in parts, resumed after a cut, several at once, in constant memory."""

from __future__ import annotations

import hashlib
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from atelier import _client, _errors, _names, _notices, _snapshot
from atelier._data.lanes import Lanes, each
from atelier._data.patience import SECONDS, Patience
from atelier._data.tally import Tally, Told

Record = dict[str, Any]
NO_LIMIT = 1 << 62
PIECE = 256 * 1024
PART_SECONDS = 60.0  # of silence
FIRST_LOOK, LONGEST_LOOK = 0.1, 2.0
# A worker that puts a file in its place gets this long, and more for a large one.
PLACING_SECONDS, PLACED_A_SECOND = 900.0, 1_000_000


@dataclass(frozen=True)
class LocalFile:
    """A file of this machine, and its path in the datastore."""

    source: Path
    path: str
    size: int


def warn(note: str) -> None:
    """Says what is left out, the way the package says things while a script runs."""
    _notices.warn_once(note, note)


def files_at(local: str | Path, path: str, say: Callable[[str], None]) -> list[LocalFile]:
    """What a local file or folder gives to a datastore. `say` hears what is left out."""
    source = Path(local).expanduser()
    base = path.strip("/")
    if source.is_dir():
        tree = _snapshot.scan(source, ignores=False, limit=NO_LIMIT)
        for note in tree.notes:
            say(note)
        prefix = f"{base}/" if base else ""
        return [LocalFile(item.source, _checked(prefix + item.path), item.size) for item in tree.files]
    if not source.is_file():
        raise _errors.UsageError(f"There is no file or folder {source}.")
    if not base or path.endswith("/"):
        name = unicodedata.normalize("NFC", source.name)
        base = f"{base}/{name}" if base else name
    return [LocalFile(source, _checked(base), source.stat().st_size)]


class Sender:
    """Sends files to one datastore. Begun anew, it goes on with the parts that are there."""

    def __init__(
        self,
        api: _client.Client,
        datastore: str,
        *,
        overwrite: bool = False,
        progress: Told | None = None,
        patience: float = SECONDS,
    ) -> None:
        self._api = api
        self._path = f"datastores/{_client.segment(datastore)}/uploads"
        self._overwrite = overwrite
        self._progress = progress
        self._seconds = patience
        self._stop = threading.Event()
        self._tally = Tally(0, 0, None)

    def send(self, files: Sequence[LocalFile]) -> None:
        """Sends all of them. Raises what the server refuses, and `Unreachable` when it stays away."""
        self._tally = Tally(len(files), sum(file.size for file in files), self._progress)
        # The parts of one file go side by side; of several files each goes part by part.
        if len(files) == 1:
            self._send(files[0], parallel=True)
        else:
            each(self._send, files, stop=self._stop)

    def _send(self, file: LocalFile, parallel: bool = False) -> None:
        patience = Patience(self._seconds, self._stop)
        body = {"path": file.path, "size": file.size, "overwrite": self._overwrite}
        upload = patience.keep(lambda: self._api.post(self._path, body))
        try:
            with file.source.open("rb") as stream:
                digest = self._send_parts(stream, file, upload, patience, parallel)
        except OSError as error:
            raise _errors.UsageError(f"{file.source} cannot be read: {error}.") from error
        place = f"uploads/{upload['id']}"
        self._await_place(patience.keep(lambda: self._api.post(f"{place}/complete", {"sha256": digest})), file)
        self._tally.finished(file.path)

    def _send_parts(
        self, stream: IO[bytes], file: LocalFile, upload: Record, patience: Patience, parallel: bool
    ) -> str:
        """Reads the file once, sends what is not there yet, and answers the SHA-256 of the whole."""
        here = {part["number"]: part["sha256"] for part in upload["parts"]}
        whole = hashlib.sha256()
        if not parallel:
            for part in _parts(stream, file, upload, whole):
                self._send_part(file, upload, here, part, patience)
            return str(whole.hexdigest())
        with Lanes(stop=self._stop) as lanes:
            for part in _parts(stream, file, upload, whole):
                own = Patience(self._seconds, self._stop)
                lanes.add(self._send_part, file, upload, here, part, own)
        return str(whole.hexdigest())

    def _send_part(
        self, file: LocalFile, upload: Record, here: Mapping[int, str], part: tuple[int, bytes], patience: Patience
    ) -> None:
        number, data = part
        digest = hashlib.sha256(data).hexdigest()
        if here.get(number) != digest:
            path = f"uploads/{upload['id']}/parts/{number}"
            headers = {"X-Content-SHA256": digest}
            patience.keep(lambda: self._put(path, data, headers))
        self._tally.moved(file.path, len(data))

    def _put(self, path: str, data: bytes, headers: Mapping[str, str]) -> None:
        told = {**headers, "Content-Type": "application/octet-stream", "Content-Length": str(len(data))}
        # In small pieces: a large one is copied again for every bit of it that the line takes.
        pieces = (data[at : at + PIECE] for at in range(0, len(data), PIECE))
        self._api.request("PUT", path, content=pieces, headers=told, timeout=PART_SECONDS)

    def _await_place(self, upload: Record, file: LocalFile) -> None:
        """Waits until the file stands in its place: a large one is put there by a worker."""
        deadline = time.monotonic() + PLACING_SECONDS + file.size / PLACED_A_SECOND
        pause = FIRST_LOOK
        patience = Patience(self._seconds, self._stop)
        while upload["state"] == "publishing":
            if time.monotonic() > deadline:
                raise _errors.WaitTimeout(
                    f"{file.path} has arrived and is still being put in its place. The studio goes on with it."
                )
            self._stop.wait(pause)
            pause = min(pause * 1.5, LONGEST_LOOK)
            upload = patience.keep(partial(self._api.get, f"uploads/{upload['id']}"))
        if upload["state"] != "done":
            raise _errors.AtelierError(f"{file.path} could not be put in its place: {upload['problem']}")


def _parts(stream: IO[bytes], file: LocalFile, upload: Record, whole: Any) -> Iterator[tuple[int, bytes]]:
    """The numbered parts of a file, which must be what it was when it was looked at."""
    for number in range(1, upload["part_count"] + 1):
        left = file.size - (number - 1) * upload["part_bytes"]
        data = stream.read(min(left, upload["part_bytes"]))
        if len(data) != min(left, upload["part_bytes"]):
            raise _changed(file)
        whole.update(data)
        yield number, data
    if stream.read(1):
        raise _changed(file)


def _changed(file: LocalFile) -> _errors.UsageError:
    return _errors.UsageError(f"{file.source} changed while it was sent. Send it again when nobody writes to it.")


def _checked(path: str) -> str:
    reason = _names.problem(path)
    if reason:
        raise _errors.UsageError(f"{path!r} is no path for a file in a datastore: {reason}.")
    return path
