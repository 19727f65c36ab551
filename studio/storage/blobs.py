"""Bytes kept once per workspace under a key of ours; users' names live in other rows.

Writing goes to a temporary file while hashing, then the object is moved into place, then the row is made. Deleting goes
the other way: the row, then the object. An object's key is never used twice, so a late delete hits nothing new.
"""

import hashlib
import secrets
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO, Protocol

from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.access.models import Workspace
from studio.errors import Invalid, TooLarge
from studio.storage import stores
from studio.storage.models import Blob
from studio.storage.names import safe_relpath

__all__ = ["Readable", "find", "open_blob", "read_range", "safe_relpath", "store"]

CHUNK = 1 << 20
_hashers = ThreadPoolExecutor(4, thread_name_prefix="hashing")


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def store(*, workspace: Workspace, stream: Readable, limit: int, sha256: str = "") -> Blob:
    """Keep the bytes of `stream`; equal bytes of one workspace are one blob.

    Raises TooLarge above `limit` bytes, Invalid when `sha256` is given and differs, NoSpace when the disk is full.
    Nothing is kept when it raises.
    """
    stores.check_space()
    with stores.incoming_file() as incoming:
        digest, size = _copy(stream, incoming, limit)
        if sha256 and sha256.lower() != digest:
            raise differs()
        return _reuse(workspace, digest) or _create(workspace, incoming, digest, size)


def find(*, workspace: Workspace, sha256: str) -> Blob | None:
    return Blob.objects.filter(workspace=workspace, sha256=sha256.lower()).first()


def open_blob(blob: Blob) -> BinaryIO:
    """The bytes for reading from the start."""
    return stores.open_object(blob.key)


def read_range(blob: Blob, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The bytes from `start` up to but without `end`, in pieces."""
    left = (blob.size if end is None else end) - start
    with stores.open_object(blob.key) as source:
        source.seek(start)
        while left > 0:
            piece = source.read(min(CHUNK, left))
            if not piece:
                return
            left -= len(piece)
            yield piece


def differs() -> Invalid:
    """What is said when bytes are not the ones announced."""
    return Invalid(
        "checksum_differs",
        "The bytes that arrived are not the ones announced: their SHA-256 differs.",
        hint="Send the file again.",
    )


def _copy(stream: Readable, target: "stores.IO[bytes]", limit: int) -> tuple[str, int]:
    hashed, size = hashlib.sha256(), 0
    hashing: Future[None] | None = None
    while piece := stream.read(CHUNK):
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        if size % (64 * CHUNK) < CHUNK:
            stores.check_space()
        if hashing is not None:
            hashing.result()
        # Beside the writing of this piece and the arrival of the next: hashing is a third of the work otherwise.
        hashing = _hashers.submit(hashed.update, piece)
        target.write(piece)
    if hashing is not None:
        hashing.result()
    return hashed.hexdigest(), size


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        "file_too_large",
        f"The file is larger than the {limit / 1_000_000:,.0f} MB the studio takes.",
        hint="Store it elsewhere and record its address, or ask the operator to raise the limit.",
    )


def _reuse(workspace: Workspace, digest: str) -> Blob | None:
    """The blob that is there already, claimed so that no removal takes it before its new owner's row stands."""
    Blob.objects.filter(workspace=workspace, sha256=digest).update(claimed_at=timezone.now())
    return find(workspace=workspace, sha256=digest)


def _create(workspace: Workspace, incoming: "stores.IO[bytes]", digest: str, size: int) -> Blob:
    key = f"ws/{workspace.pk}/{digest[:2]}/{digest}-{secrets.token_hex(4)}"
    stores.keep(incoming, key)
    try:
        with transaction.atomic():
            return Blob.objects.create(workspace=workspace, sha256=digest, size=size, key=key)
    except IntegrityError:
        # Somebody stored the same bytes meanwhile: theirs stay, unless they went again at this very moment.
        kept = _reuse(workspace, digest)
        if kept is None:
            return Blob.objects.create(workspace=workspace, sha256=digest, size=size, key=key)
        stores.delete_object(key)
        return kept
