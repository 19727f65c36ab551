"""What goes into a job's container and what is fetched from it: archives for the engine's own copy."""

import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from compute.backends.base import Handover

SDK = Path(__file__).resolve().parents[2] / "sdk" / "src"
PACKAGES = ("atelier", "mltable")
UID = 10001
# Where everything of a job is, on a volume of its own: the rest of its file system can't be written.
TOP = "/atelier"
JOB, HOME, TEMPORARY, RUNNER, BEHIND = f"{TOP}/job", f"{TOP}/home", f"{TOP}/tmp", f"{TOP}/sdk", f"{TOP}/behind"
CACHE = f"{TOP}/cache"
DOOR = "/run/atelier"
# As the runner leaves them in its folder.
NOTES = ("finish.json", "log.json", "log.txt")
NOTE_BYTES = 1024 * 1024 * 1024
CACHE_BYTES = 50_000_000_000


def archive(handover: Handover, *, url: str, door: bool) -> bytes:
    """All that a container starts with: its hand-over, the SDK with what it needs, and folders to write into."""
    told = {
        "url": url,
        "token": handover.token,
        "workspace": handover.workspace,
        "job_id": handover.job_id,
        "attempt": handover.attempt,
        "environments": f"{CACHE}/environments",
        "data": f"{CACHE}/data",
        "data_bytes": CACHE_BYTES,
        "interpreter": "image",
        **({"door": f"{DOOR}/studio.sock"} if door else {}),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in (JOB, HOME, TEMPORARY, CACHE):
            _add_folder(tar, folder, owner=UID)
        _add(tar, f"{JOB}/handover.json", json.dumps(told).encode(), owner=UID, mode=0o600)
        for name, data in _runner():
            _add(tar, name, data)
    return buffer.getvalue()


def keep_note(stream: Iterator[bytes], folder: Path) -> None:
    """Put one file of a runner's folder, as the engine sent it, into `folder`. A link or a folder is not taken."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tarfile.open(fileobj=_Stream(stream), mode="r|") as tar:
        for entry in tar:
            name = Path(entry.name).name
            source = tar.extractfile(entry) if entry.isreg() and name in NOTES else None
            if source is None or entry.size > NOTE_BYTES:
                continue
            with (folder / name).open("wb") as sink:
                shutil.copyfileobj(source, sink)


def _add(tar: tarfile.TarFile, path: str, data: bytes, *, owner: int = 0, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(path.removeprefix(f"{TOP}/"))
    entry.size, entry.mode, entry.uid, entry.gid = len(data), mode, owner, owner
    tar.addfile(entry, io.BytesIO(data))


def _add_folder(tar: tarfile.TarFile, path: str, *, owner: int) -> None:
    entry = tarfile.TarInfo(path.removeprefix(f"{TOP}/"))
    entry.type, entry.mode, entry.uid, entry.gid = tarfile.DIRTYPE, 0o700, owner, owner
    tar.addfile(entry)


@cache
def _runner() -> tuple[tuple[str, bytes], ...]:
    """The SDK of this very checkout, and what it needs where the image has nothing of it."""
    found = []
    for package in PACKAGES:
        for path in sorted((SDK / package).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                found.append((f"{RUNNER}/{path.relative_to(SDK)}", path.read_bytes()))
    found.extend((f"{BEHIND}/{name}", path.read_bytes()) for name, path in sorted(_needs().items()))
    return tuple(found)


def _needs() -> dict[str, Path]:
    """The files of the client's own requirements: pure Python, so they fit whatever interpreter an image has."""
    files: dict[str, Path] = {}
    waiting, seen = ["httpx"], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        waiting += [_name(text) for text in found.requires or () if "extra ==" not in text]
        for file in found.files or ():
            path = Path(str(found.locate_file(file)))
            if ".." not in file.parts and path.suffix not in {".pyc", ".so"} and path.is_file():
                files[str(file)] = path
    return files


def _name(requirement: str) -> str:
    for at, character in enumerate(requirement):
        if not (character.isalnum() or character in "-_."):
            return requirement[:at]
    return requirement


class _Stream(io.RawIOBase):
    """Chunks as a file that can be read once."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            try:
                self._rest = next(self._chunks)
            except StopIteration:
                return 0
        data, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)
