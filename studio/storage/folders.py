"""Folders as clients send them: a zip of plain files under proper names, within the limits, kept as one blob.

What a zip says of itself is checked before anything is unpacked, and what comes out is held against it again: a folder is
read by whoever uses it, so a blob that was stored as something else is no way around the checks.
"""

import errno
import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from studio.access.models import Workspace
from studio.errors import Invalid, NotFound, TooLarge
from studio.storage import blobs, removal, stores
from studio.storage.models import Blob

MAX_FILES = 100_000
MAX_RATIO = 1000  # what zipped source never reaches; a bomb is 1,000 and more
SMALL = 10_000_000  # below this the ratio says nothing
CHUNK = 1 << 20
MEMBER = b"PK\x01\x02"  # how an entry of a zip's directory begins
ENCRYPTED = 0x1
EXECUTABLE = 0o111
DIGEST = re.compile(r"[0-9a-f]{64}\Z")
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    RuntimeError,
    ValueError,
)

Entry = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class FolderFile:
    """One file of a kept folder."""

    path: str
    size: int
    is_executable: bool


def store(*, workspace: Workspace, stream: blobs.Readable, sha256: str = "") -> Blob:
    """Keep a zip of files; `sha256` is of the zip's own bytes.

    Raises Invalid when a member is not a plain file of a proper name or the bytes are not the ones announced, TooLarge
    above the limits. Nothing is kept when it raises.
    """
    if sha256 and not DIGEST.match(sha256):
        raise Invalid(
            "invalid_digest", "A digest is 64 hexadecimal digits in lower case.", fields={"sha256": "malformed"}
        )
    with stores.incoming_file() as incoming:
        _copy(stream, incoming)
        incoming.seek(0)
        read_manifest(incoming)
        incoming.seek(0)
        return blobs.store(workspace=workspace, stream=incoming, limit=settings.SNAPSHOT_LIMIT_BYTES, sha256=sha256)


def find(*, workspace: Workspace, sha256: str) -> Blob:
    """The kept folder with these bytes, claimed for whoever is about to refer to it.

    Raises NotFound when there is none, Invalid when what is kept under this digest is no folder.
    """
    blob = blobs.find(workspace=workspace, sha256=sha256)
    if blob is None:
        raise NotFound(
            "no_such_folder",
            f"There is no folder {sha256[:12]} in this workspace.",
            hint="Send its zip to `folders/<sha256>` first.",
        )
    removal.claim(blob)
    listing(blob)
    return blob


def listing(blob: Blob) -> list[FolderFile]:
    """The files of a kept folder by their paths, sorted, without unpacking any."""
    with _opened(blob) as archive:
        found = [FolderFile(info.filename, info.file_size, _is_executable(info)) for info in archive.infolist()]
    return sorted(found, key=lambda file: file.path)


def read(blob: Blob, path: str, *, limit: int = 10_000_000) -> bytes:
    """The bytes of one file. Raises NotFound when the folder has no such file, TooLarge above `limit`."""
    with _opened(blob) as archive:
        info = next((info for info in archive.infolist() if info.filename == path), None)
        if info is None:
            raise NotFound("no_such_file", f"The folder holds no file {path[:200]!r}.")
        if info.file_size > limit:
            raise TooLarge("file_too_large", f"The file {path[:200]!r} is larger than {limit / 1_000_000:,.0f} MB.")
        return b"".join(_bounded(archive, info, limit))


def unpack(blob: Blob, folder: Path) -> int:
    """Write a kept folder's files below `folder`, which is made; answers how many bytes they are.

    Nothing is written outside `folder`, and nothing through a link that is already in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    root, written = folder.resolve(), 0
    with _opened(blob) as archive:
        for info in archive.infolist():
            target = root / info.filename
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.parent.resolve().is_relative_to(root) or target.is_symlink():
                raise Invalid("unsafe_path", f"The file {info.filename[:80]!a} would be written through a link.")
            written += _unpack_one(archive, info, target, settings.SNAPSHOT_LIMIT_BYTES - written)
    return written


def read_manifest(source: IO[bytes]) -> list[Entry]:
    """`[{path, size, sha256}]` of a zip sorted by path, read member by member within the limits."""
    _check_count(source)
    with _readable(source) as archive:
        left = settings.SNAPSHOT_LIMIT_BYTES
        manifest: list[Entry] = []
        for info in archive.infolist():
            hashed, size = hashlib.sha256(), 0
            for piece in _bounded(archive, info, left):
                hashed.update(piece)
                size += len(piece)
            left -= size
            manifest.append({"path": info.filename, "size": size, "sha256": hashed.hexdigest()})
    return sorted(manifest, key=lambda entry: str(entry["path"]))


def check_members(members: list[zipfile.ZipInfo]) -> None:
    """All that the directory of a zip tells, before a byte is unpacked."""
    if len(members) > MAX_FILES:
        raise _too_many()
    claimed = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members)
    if claimed > settings.SNAPSHOT_LIMIT_BYTES:
        raise too_large()
    if claimed > SMALL and claimed > MAX_RATIO * max(packed, 1):
        raise TooLarge("snapshot_bomb", "The zip unpacks to more than a thousand times its size.")
    seen: set[str] = set()
    for info in members:
        _check_member(info)
        if info.filename in seen:
            raise _member_refused(info, "its name is there twice")
        seen.add(info.filename)
    for name in seen:
        parts = name.split("/")
        if any("/".join(parts[:depth]) in seen for depth in range(1, len(parts))):
            raise Invalid("invalid_snapshot", f"{name[:80]!a} lies in a folder that is a file as well.")


def too_large() -> TooLarge:
    """What is said when a folder is larger than the studio takes."""
    return TooLarge(
        "snapshot_too_large",
        f"The folder is larger than {settings.SNAPSHOT_LIMIT_BYTES / 1_048_576:,.0f} MB.",
        hint="List what is not needed in .amlignore or .gitignore.",
    )


@contextmanager
def _opened(blob: Blob) -> Iterator[zipfile.ZipFile]:
    """A kept folder, checked."""
    with blobs.open_blob(blob) as source:
        _check_count(source)
        with _readable(source) as archive:
            yield archive


@contextmanager
def _readable(source: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """The zip with its directory checked; what is broken in it is said in our words."""
    try:
        with zipfile.ZipFile(source) as archive:
            check_members(archive.infolist())
            yield archive
    except BROKEN as error:
        raise Invalid("invalid_zip", "This is not a zip the studio can read.", hint="Send a plain zip file.") from error
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # a place in the file that can't be; a full disk is something else
            raise
        raise Invalid("invalid_zip", "The zip is damaged.", hint="Send it again.") from error


def _check_count(source: IO[bytes]) -> None:
    """Count what could be members before the zip's directory, which may be made of millions, is read into memory."""
    count, tail = 0, b""
    while piece := source.read(CHUNK):
        count += (tail + piece).count(MEMBER)
        tail = piece[-len(MEMBER) + 1 :]
        if count > MAX_FILES:
            raise _too_many()
    source.seek(0)


def _check_member(info: zipfile.ZipInfo) -> None:
    mode = info.external_attr >> 16
    kind = stat.S_IFMT(mode)
    if stat.S_ISLNK(mode):
        raise _member_refused(info, "it is a symbolic link")
    if info.is_dir() or (kind and not stat.S_ISREG(mode)):
        raise _member_refused(info, "it is not a plain file")
    if info.orig_filename != info.filename:
        raise _member_refused(info, "its name holds a NUL or a backslash")
    if info.flag_bits & ENCRYPTED:
        raise _member_refused(info, "it is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _member_refused(info, "it is packed in a way other than deflate")
    if blobs.safe_relpath(info.filename) != info.filename:
        raise _member_refused(info, "its name is not in Unicode form NFC")


def _bounded(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> Iterator[bytes]:
    """The pieces of a member, which never give more than the zip's directory said."""
    size = 0
    with archive.open(info) as member:
        while piece := member.read(CHUNK):
            size += len(piece)
            if size > left or size > info.file_size:
                raise too_large()  # the directory lied
            yield piece


def _unpack_one(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, left: int) -> int:
    size = 0
    with target.open("wb") as written:
        for piece in _bounded(archive, info, left):
            size += written.write(piece)
    if _is_executable(info):
        target.chmod(0o755)
    return size


def _is_executable(info: zipfile.ZipInfo) -> bool:
    return bool((info.external_attr >> 16) & EXECUTABLE)


def _copy(stream: blobs.Readable, target: IO[bytes]) -> None:
    size = 0
    while piece := stream.read(CHUNK):
        size += len(piece)
        if size > settings.SNAPSHOT_LIMIT_BYTES:
            raise too_large()
        target.write(piece)


def _member_refused(info: zipfile.ZipInfo, problem: str) -> Invalid:
    return Invalid(
        "invalid_snapshot",
        f"The zip's member {info.filename[:80]!a} is refused: {problem}.",
        hint="A folder's zip holds plain files only.",
    )


def _too_many() -> TooLarge:
    return TooLarge(
        "snapshot_too_large",
        f"The zip holds more than {MAX_FILES:,} files.",
        hint="List what is not needed in .amlignore or .gitignore.",
    )
