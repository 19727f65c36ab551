"""Files that come in parts: each part is kept until all are there, then they become one stream.

The parts lie beside other unfinished uploads, on the disk of the machine that runs the web processes.
"""

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from studio.errors import Invalid, TooLarge
from studio.storage import blobs, stores

FOLDER = "parts"
MAX_PARTS = 10_000
KEPT_SECONDS = 24 * 3600  # so long a client may take over one upload
_UPLOAD = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def put_part(
    *, upload: str, number: int, stream: blobs.Readable, limit: int, whole: int = 0, sha256: str = ""
) -> tuple[str, int]:
    """Keep one part of up to `limit` bytes, of a file of `whole` (else `limit`) bytes; answers its SHA-256 and size.

    The same part may come again: the one that is named at the end counts. Raises Invalid when `sha256` is given and differs.
    """
    stores.check_space()
    folder = _folder(upload)
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as target:
            digest, size = _copy(stream, target, limit)
        if sha256 and sha256.lower() != digest:
            raise blobs.differs()
        _refuse_more(folder, whole or limit)
        os.replace(name, folder / _name(number, digest))
    finally:
        Path(name).unlink(missing_ok=True)
    return digest, size


def received(*, upload: str) -> "dict[int, Part]":
    """The parts that are here by their number; of one that came twice the later."""
    folder = _folder(upload)
    if not folder.is_dir():
        return {}
    found: dict[int, tuple[float, Part]] = {}
    for entry in os.scandir(folder):
        number, _, digest = entry.name.partition("-")
        if not number.isdigit() or not _DIGEST.fullmatch(digest):
            continue  # one that is still arriving
        stat = entry.stat()  # a part that is here stays until all go
        if int(number) not in found or found[int(number)][0] < stat.st_mtime:
            found[int(number)] = (stat.st_mtime, Part(int(number), digest, stat.st_size))
    return {number: part for number, (_, part) in sorted(found.items())}


def joined(*, upload: str, digests: Sequence[str]) -> "Joined":
    """The parts as one stream, in order. Raises Invalid when one of them is not there."""
    folder = _folder(upload)
    paths = [folder / _name(number, digest) for number, digest in enumerate(digests, start=1)]
    for number, path in enumerate(paths, start=1):
        if not path.is_file():
            raise Invalid(
                "upload_incomplete",
                f"Part {number} of {len(paths)} is missing or is not the one announced.",
                hint="Send the missing parts, then complete the upload again.",
            )
    return Joined(paths)


def discard(*, upload: str) -> None:
    """Forget the parts of an upload."""
    shutil.rmtree(_folder(upload), ignore_errors=True)


def discard_old(*, older_than: float = KEPT_SECONDS) -> int:
    """Forget uploads that nobody has added to for so many seconds. Answers how many."""
    root = stores.incoming_folder() / FOLDER
    if not root.is_dir():
        return 0
    limit = time.time() - older_than
    old = [folder for folder in root.iterdir() if folder.is_dir() and folder.stat().st_mtime < limit]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    sha256: str
    size: int


class Joined:
    """Several files read as one."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._pieces = _pieces(paths)

    def read(self, size: int = -1, /) -> bytes:
        """The next piece, of a size of its own; empty at the end."""
        return next(self._pieces, b"")


def _copy(stream: blobs.Readable, target: IO[bytes], limit: int) -> tuple[str, int]:
    hashed, size = hashlib.sha256(), 0
    while piece := stream.read(blobs.CHUNK):
        size += len(piece)
        if size > limit:
            raise TooLarge("file_too_large", f"The part is larger than the {limit:,} bytes the studio takes.")
        if size % (64 * blobs.CHUNK) < blobs.CHUNK:
            stores.check_space()
        hashed.update(piece)
        target.write(piece)
    return hashed.hexdigest(), size


def _pieces(paths: Sequence[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as source:
            while piece := source.read(blobs.CHUNK):
                yield piece


def _refuse_more(folder: Path, limit: int) -> None:
    """All parts together are one file: no more of them is kept than a file and its repeated parts may take."""
    kept = sum(_size(entry) for entry in os.scandir(folder))
    if kept > 2 * limit:
        raise TooLarge("file_too_large", f"The parts are more than the {limit:,} bytes the studio takes for one file.")


def _size(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat().st_size
    except FileNotFoundError:  # another part has just arrived and got its name
        return 0


def _folder(upload: str) -> Path:
    if not _UPLOAD.fullmatch(upload):
        raise Invalid("bad_upload", "This is no id of an upload.")
    return stores.incoming_folder() / FOLDER / upload


def _name(number: int, digest: str) -> str:
    if not _DIGEST.fullmatch(digest) or not 0 < number <= MAX_PARTS:
        raise Invalid("upload_incomplete", f"Part {number} is not one that was stored here.")
    return f"{number:05d}-{digest}"
