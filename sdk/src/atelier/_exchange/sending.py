"""What every part of an import needs: its report, calls that are repeated, files on their way."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any, Callable, TypeVar

from atelier import _client, _errors, _names
from atelier._exchange.records import SourceFile

T = TypeVar("T")
Say = Callable[[str], None]

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
CHUNK = 1 << 20
KNOWN_AT_ONCE = 1_000


@dataclass
class Report:
    """What an import did, or, as a dry run, would do."""

    runs_new: int = 0
    runs_known: int = 0
    models: int = 0
    versions_new: int = 0
    versions_known: int = 0
    logged_models_new: int = 0
    points: int = 0
    files: int = 0
    bytes: int = 0
    experiments: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The counts for `-o json`."""
        return {
            "runs_new": self.runs_new,
            "runs_known": self.runs_known,
            "models": self.models,
            "versions_new": self.versions_new,
            "versions_known": self.versions_known,
            "logged_models_new": self.logged_models_new,
            "points": self.points,
            "files": self.files,
            "bytes": self.bytes,
            "experiments": sorted(self.experiments),
            "notes": self.notes,
        }


@dataclass(frozen=True)
class Options:
    """`prefix` is put before every experiment's name; without `files` only the records come."""

    is_dry: bool = False
    files: bool = True
    prefix: str = ""


def again(call: Callable[[], T]) -> T:
    """The answer of a call that may be repeated, also when the studio is away for some seconds."""
    for pause in PAUSES:
        try:
            return call()
        except _errors.Unreachable as error:
            time.sleep(error.retry_after or pause)
    return call()


def known(client: _client.Client, names: list[str], kind: str, options: Options) -> dict[str, str]:
    """External id → what it is called here, of those of a kind (`runs`, `logged_models`, `versions`) that are here.

    What an export was taken from counts too, unless a prefix asks for copies of it.
    """
    found: dict[str, str] = {}
    for at in range(0, len(names), KNOWN_AT_ONCE):
        body = {"external_ids": names[at : at + KNOWN_AT_ONCE]}
        found.update(again(partial(client.post, "imports/known", body))[kind])
    return {name: here for name, here in found.items() if not (options.prefix and is_itself(name, here))}


def is_itself(external_id: str, here: str) -> bool:
    """Whether an export has come back to where it was taken from: the thing is here, as it is."""
    return external_id.startswith("atelier:") and external_id.rpartition("/")[2] == here


def count_files(files: Iterable[SourceFile], report: Report) -> None:
    """Counts what would be sent."""
    for file in files:
        report.files += 1
        report.bytes += file.size


def digest_of(file: SourceFile) -> str:
    digest = hashlib.sha256()
    with file.open() as stream:
        for piece in chunks(stream):
            digest.update(piece)
    return digest.hexdigest()


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


def send_file(client: _client.Client, file: SourceFile, address: str, owner: str, report: Report) -> None:
    """Puts a file at an address; one that is refused or can't be read is named in the report."""
    if problem := _names.problem(file.path):
        report.notes.append(f"{owner}: the file {file.path[:200]!r} was left out: {problem}.")
        return

    def send() -> Any:
        with file.open() as stream:
            return client.put(f"{address}/{_client.quoted_path(file.path)}", chunks(stream), size=file.size)

    try:
        again(send)
    except (_errors.InvalidRequest, _errors.Conflict, OSError) as error:
        report.notes.append(f"{owner}: the file {file.path} was left out: {error}")
        return
    report.files += 1
    report.bytes += file.size
