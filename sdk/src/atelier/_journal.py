"""The journal: what a process has recorded and the server has not acknowledged, as files of one folder.

    <base>/<run id>.<writer>/
        lock            held while a process writes or sends; the system frees it when that process dies
        head.json       which run, which server, and how to start the run if it was never started
        000001.seg …    records: length, crc32 (both big-endian u32), then one kind byte and the body
        console.log     captured output; a byte's position is its offset on the server
        files/          artifacts waiting: 000001.bin and 000001.json
        finish.json     how the run ended

Records survive the death of the process (not a power cut: nothing waits for the disk). A segment is deleted when all its
records are acknowledged, the folder when nothing is left. A record that was cut short by a death is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import threading
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from atelier import _errors, _locks

INGEST = b"I"  # a gzip-compressed ingest body
PATCH = b"P"  # a JSON body for PATCH runs/<id>

SEGMENT_BYTES = 1 << 20
RECORD = struct.Struct(">II")
RECORD_LIMIT = 64 << 20


class Busy(_errors.AtelierError):
    """Another process is writing or sending this journal."""


@dataclass(frozen=True)
class Head:
    """What must be known to send a journal."""

    run_id: str
    writer: str
    url: str = ""
    workspace: str = ""
    job_id: str = ""
    attempt: int = 1
    start: Mapping[str, Any] | None = None  # the body of `runs/start`; None where the run exists already
    is_started: bool = True
    owns_run: bool = False  # whether this process finishes the run


@dataclass(frozen=True)
class Record:
    """One record and the place behind it."""

    kind: bytes
    body: bytes
    segment: int
    end: int


@dataclass(frozen=True)
class PendingFile:
    """An artifact that waits to be sent."""

    number: int
    path: str
    content_type: str
    source: Path


class Journal:
    """One journal folder, held by this process. Appending, reading and acknowledging may happen in different threads."""

    def __init__(self, folder: Path, head: Head, lock: _locks.FileLock) -> None:
        self.folder = folder
        self.head = head
        self.damaged = 0
        self._lock = lock
        self._guard = threading.Lock()
        self._segments = sorted(int(path.stem) for path in folder.glob("*.seg"))
        self._writing: int | None = None  # the file handle of the last segment, while this process appends to it
        self._written = 0
        self._dropped = 0  # the number of the last deleted segment: numbers are never used twice
        self._offset = 0  # the place in the first segment up to which everything is acknowledged
        self._files = [_read_pending(path) for path in sorted((folder / "files").glob("*.json"))]
        self._last_file = max((item.number for item in self._files), default=0)

    @classmethod
    def create(cls, base: Path, head: Head) -> Journal:
        """A new, empty journal."""
        folder = base / f"{head.run_id}.{head.writer}"
        (folder / "files").mkdir(parents=True, mode=0o700)
        lock = _locks.FileLock(folder / "lock")
        if not lock.acquire():
            raise Busy(f"{folder} is in use by another process.")
        journal = cls(folder, head, lock)
        journal.save_head(head)
        return journal

    @classmethod
    def open(cls, folder: Path) -> Journal:
        """A journal that another process left behind. Raises `Busy` while that process lives."""
        lock = _locks.FileLock(folder / "lock")
        if not lock.acquire():
            raise Busy(f"{folder} is in use by another process.")
        try:
            return cls(folder, read_head(folder), lock)
        except (OSError, ValueError, KeyError, TypeError) as error:
            lock.release()
            raise _errors.AtelierError(f"{folder} is no readable journal: {error}.") from error
        except _errors.AtelierError:
            lock.release()
            raise

    def save_head(self, head: Head) -> None:
        """Replaces the head in one step."""
        self.head = head
        _write_whole(self.folder / "head.json", json.dumps(asdict(head)).encode())

    def mark_started(self, *, job_id: str, attempt: int) -> None:
        """Notes that the server knows the run."""
        self.save_head(replace(self.head, is_started=True, job_id=job_id, attempt=attempt))

    def append(self, kind: bytes, body: bytes) -> None:
        """Adds one record. Raises OSError when the disk refuses; the journal stays readable."""
        payload = kind + body
        record = RECORD.pack(len(payload), zlib.crc32(payload)) + payload
        with self._guard:
            handle = self._open_segment()
            try:
                _write_all(handle, record)
            except OSError:
                os.ftruncate(handle, self._written)
                raise
            self._written += len(record)

    def next_record(self) -> Record | None:
        """The first record that is not acknowledged yet."""
        with self._guard:
            while self._segments:
                record = self._read_first()
                if record is not None:
                    return record
                if self._is_written_to(self._segments[0]):
                    return None
                self._drop_first()
            return None

    def acknowledge(self, record: Record) -> None:
        """Forgets a record that the server has stored."""
        with self._guard:
            self._offset = record.end
            full = self._offset >= SEGMENT_BYTES
            if self._is_written_to(record.segment) and full and self._offset == self._written:
                self._close_segment()
            if not self._is_written_to(record.segment) and self._offset >= self._size(record.segment):
                self._drop_first()

    def add_file(self, source: Path, *, path: str, content_type: str, move: bool = False) -> PendingFile:
        """Keeps a copy of a file until it is sent, so that the script may change or delete the original."""
        with self._guard:
            self._last_file += 1
            number = self._last_file
        kept = self.folder / "files" / f"{number:06d}.bin"
        if move:
            os.replace(source, kept)
        else:
            shutil.copyfile(source, kept)
        meta = {"path": path, "content_type": content_type}
        _write_whole(kept.with_suffix(".json"), json.dumps(meta).encode())
        pending = PendingFile(number, path, content_type, kept)
        with self._guard:
            self._files.append(pending)
        return pending

    def next_file(self) -> PendingFile | None:
        """The first artifact that is not sent yet."""
        with self._guard:
            return self._files[0] if self._files else None

    def acknowledge_file(self, pending: PendingFile) -> None:
        """Forgets an artifact that the server has stored."""
        pending.source.with_suffix(".json").unlink(missing_ok=True)
        pending.source.unlink(missing_ok=True)
        with self._guard:
            self._files = [item for item in self._files if item.number != pending.number]

    @property
    def console(self) -> Path:
        """The file of captured output; it need not exist."""
        return self.folder / "console.log"

    def set_finish(self, body: Mapping[str, Any]) -> None:
        """Notes how the run ended."""
        _write_whole(self.folder / "finish.json", json.dumps(body).encode())

    def finish_body(self) -> dict[str, Any] | None:
        """How the run ended, if it did."""
        path = self.folder / "finish.json"
        if not path.is_file():
            return None
        body: dict[str, Any] = json.loads(path.read_bytes())
        return body

    def release(self) -> None:
        """Lets another process have the journal."""
        with self._guard:
            self._close_segment()
        self._lock.release()

    def set_aside(self) -> Path:
        """Moves the journal to the folder `refused`, where `sync` does not look, and answers where it is."""
        with self._guard:
            self._close_segment()
        target = self.folder.parent / "refused" / self.folder.name
        target.parent.mkdir(exist_ok=True)
        os.replace(self.folder, target)
        self._lock.release()
        return target

    def let_go(self) -> None:
        """Called in a forked child: closes the files without a lock, which a thread of the parent may have held."""
        handle, self._writing = self._writing, None
        if handle is not None:
            os.close(handle)
        self._lock.release()

    def remove(self) -> None:
        """Deletes the journal. The folder goes before the lock does, so nobody can find it half deleted and unlocked."""
        with self._guard:
            self._close_segment()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.release()

    def _open_segment(self) -> int:
        if self._writing is not None and self._written >= SEGMENT_BYTES:
            self._close_segment()
        if self._writing is None:
            number = (self._segments[-1] if self._segments else self._dropped) + 1
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            self._writing = os.open(self._segment(number), flags, 0o600)
            self._written = 0
            if not self._segments:
                self._offset = 0
            self._segments.append(number)
        return self._writing

    def _close_segment(self) -> None:
        if self._writing is not None:
            os.close(self._writing)
            self._writing = None

    def _drop_first(self) -> None:
        number = self._segments.pop(0)
        self._dropped = number
        self._offset = 0
        self._segment(number).unlink(missing_ok=True)

    def _is_written_to(self, number: int) -> bool:
        return self._writing is not None and number == self._segments[-1]

    def _segment(self, number: int) -> Path:
        return self.folder / f"{number:06d}.seg"

    def _size(self, number: int) -> int:
        return self._segment(number).stat().st_size

    def _read_first(self) -> Record | None:
        number = self._segments[0]
        limit = self._written if self._is_written_to(number) else self._size(number)
        with self._segment(number).open("rb") as stream:
            while self._offset + RECORD.size <= limit:
                stream.seek(self._offset)
                length, check = RECORD.unpack(stream.read(RECORD.size))
                end = self._offset + RECORD.size + length
                if not 0 < length <= RECORD_LIMIT or end > limit:
                    break
                payload = stream.read(length)
                if zlib.crc32(payload) == check:
                    return Record(payload[:1], payload[1:], number, end)
                self.damaged += 1
                self._offset = end
        if self._offset < limit:
            self.damaged += 1
        return None


def journals(base: Path, run_id: str = "") -> Iterator[Path]:
    """The journal folders under a folder (or the folder itself if it is one), oldest first."""
    if (base / "head.json").is_file():
        yield base
        return
    found = (path for path in base.glob(f"{run_id or '*'}.*") if (path / "head.json").is_file())
    yield from sorted(found, key=lambda path: (path / "head.json").stat().st_mtime)


def read_head(folder: Path) -> Head:
    """The head of a journal, without taking it."""
    try:
        data = json.loads((folder / "head.json").read_bytes())
        known = {name: data[name] for name in Head.__dataclass_fields__ if name in data}
        return Head(**known)
    except (OSError, ValueError, TypeError) as error:
        raise _errors.AtelierError(f"{folder} is no readable journal: {error}.") from error


def _read_pending(path: Path) -> PendingFile:
    meta = json.loads(path.read_bytes())
    return PendingFile(int(path.stem), meta["path"], meta["content_type"], path.with_suffix(".bin"))


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _write_whole(path: Path, data: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(data)
    os.replace(fresh, path)
