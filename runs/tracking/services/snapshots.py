"""Code folders and inputs as clients send them: the digest is computed again from what is really inside."""

import hashlib
import re
import stat
import zipfile
from collections.abc import Iterator
from typing import IO, BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction

from runs.tracking.models import Snapshot
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid, TooLarge
from studio.storage import blobs, removal
from studio.storage.models import Blob

MAX_FILES = 100_000
MAX_RATIO = 1000  # what zipped source never reaches; a bomb is 1,000 and more
SMALL = 10_000_000  # below this the ratio says nothing
CHUNK = 1 << 20
MEMBER = b"PK\x01\x02"  # how an entry of a zip's directory begins
ENCRYPTED = 0x1
DIGEST = re.compile(r"[0-9a-f]{64}\Z")

Entry = dict[str, str | int]


def store_snapshot(*, actor: User, workspace: Workspace, digest: str, stream: blobs.Readable) -> Snapshot:
    """Keep a zip whose files have this digest; the same tree is kept once.

    Raises Invalid when the digest differs or a member is not a plain file of a proper name, TooLarge above the limits.
    """
    _check_digest(digest)
    found = Snapshot.objects.filter(workspace=workspace, digest=digest).first()
    if found is not None:
        removal.claim(found.blob)
        return found
    blob = blobs.store(workspace=workspace, stream=stream, limit=settings.SNAPSHOT_LIMIT_BYTES)
    with blobs.open_blob(blob) as source:
        manifest = read_manifest(source)
    if digest_of(manifest) != digest:
        raise Invalid(
            "digest_differs",
            "The zip holds other files than its digest says.",
            hint="Make the snapshot again: a file may have changed meanwhile.",
        )
    size = sum(int(entry["size"]) for entry in manifest)
    try:
        with transaction.atomic():
            return Snapshot.objects.create(workspace=workspace, digest=digest, manifest=manifest, size=size, blob=blob)
    except IntegrityError:
        return Snapshot.objects.get(workspace=workspace, digest=digest)


def store_input(*, actor: User, workspace: Workspace, digest: str, stream: blobs.Readable) -> Blob:
    """Keep one input file whose bytes have this SHA-256."""
    _check_digest(digest)
    return blobs.store(workspace=workspace, stream=stream, limit=settings.ARTIFACT_LIMIT_BYTES, sha256=digest)


def digest_of(manifest: list[Entry]) -> str:
    """SHA-256 of one line `<sha256>  <size>  <path>` a file, sorted by path."""
    lines = (f"{entry['sha256']}  {entry['size']}  {entry['path']}\n" for entry in manifest)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_manifest(source: BinaryIO) -> list[Entry]:
    """`[{path, size, sha256}]` sorted by path, read member by member within the limits."""
    _check_count(source)
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            check_members(members)
            left = settings.SNAPSHOT_LIMIT_BYTES
            manifest: list[Entry] = []
            for info in members:
                entry = _read_member(archive, info, left)
                left -= int(entry["size"])
                manifest.append(entry)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError, zipfile.LargeZipFile) as error:
        raise Invalid("invalid_zip", "This is not a zip the studio can read.", hint="Send a plain zip file.") from error
    except OSError as error:
        raise Invalid("invalid_zip", "The zip is damaged.", hint="Send it again.") from error
    return sorted(manifest, key=lambda entry: str(entry["path"]))


def _check_count(source: BinaryIO) -> None:
    """Count what could be members before the zip's directory, which may be made of millions, is read into memory."""
    count, tail = 0, b""
    while piece := source.read(CHUNK):
        count += (tail + piece).count(MEMBER)
        tail = piece[-len(MEMBER) + 1 :]
        if count > MAX_FILES:
            raise _too_many()
    source.seek(0)


def check_members(members: list[zipfile.ZipInfo]) -> None:
    """All that the directory of the zip tells, before a byte is unpacked."""
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


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> Entry:
    hashed = hashlib.sha256()
    size = 0
    with archive.open(info) as member:
        for piece in _pieces(member):
            size += len(piece)
            if size > left or size > info.file_size:
                raise too_large()  # the directory lied
            hashed.update(piece)
    return {"path": info.filename, "size": size, "sha256": hashed.hexdigest()}


def _pieces(member: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: member.read(CHUNK), b"")


def _check_digest(digest: str) -> None:
    if not DIGEST.match(digest):
        raise Invalid(
            "invalid_digest", "A digest is 64 hexadecimal digits in lower case.", fields={"digest": "malformed"}
        )


def _member_refused(info: zipfile.ZipInfo, problem: str) -> Invalid:
    return Invalid(
        "invalid_snapshot",
        f"The zip's member {info.filename[:80]!a} is refused: {problem}.",
        hint="A snapshot holds plain files only.",
    )


def _too_many() -> TooLarge:
    return TooLarge(
        "snapshot_too_large",
        f"The zip holds more than {MAX_FILES:,} files.",
        hint="List what the run does not need in .amlignore or .gitignore.",
    )


def too_large() -> TooLarge:
    return TooLarge(
        "snapshot_too_large",
        f"The snapshot unpacks to more than {settings.SNAPSHOT_LIMIT_BYTES / 1_048_576:,.0f} MB.",
        hint="List what the run does not need in .amlignore or .gitignore.",
    )
