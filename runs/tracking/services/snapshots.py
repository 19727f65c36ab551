"""Code folders and inputs as clients send them: the digest is computed again from what is really inside."""

import hashlib
import re

from django.conf import settings
from django.db import IntegrityError, transaction

from runs.tracking.models import Snapshot
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid
from studio.storage import blobs, folders, removal
from studio.storage.models import Blob

DIGEST = re.compile(r"[0-9a-f]{64}\Z")


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
        manifest = folders.read_manifest(source)
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


def digest_of(manifest: list[folders.Entry]) -> str:
    """SHA-256 of one line `<sha256>  <size>  <path>` a file, sorted by path."""
    lines = (f"{entry['sha256']}  {entry['size']}  {entry['path']}\n" for entry in manifest)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _check_digest(digest: str) -> None:
    if not DIGEST.match(digest):
        raise Invalid(
            "invalid_digest", "A digest is 64 hexadecimal digits in lower case.", fields={"digest": "malformed"}
        )
