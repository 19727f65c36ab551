"""The last step of an upload: its parts become one file of the datastore, seen only when it is whole.

Whoever publishes renews `touched_at`; when that has stood still for `PATIENCE` the publisher is dead and another begins
again. The datastore's `write` is whole or nothing, so beginning again does no harm.
"""

import hashlib
import time
from datetime import timedelta

from django.utils import timezone

from registry.data.datastores import opening
from registry.data.transfers.models import Upload
from studio.errors import Conflict, StudioError
from studio.live import topics
from studio.live.publish import publish as hint
from studio.storage import blobs, parts

PATIENCE = timedelta(seconds=60)
RENEWED_SECONDS = 10.0


def begin(upload: Upload, *, sha256: str) -> bool:
    """`open → publishing`, for whoever is first; the upload is then free to be claimed at once."""
    rows = Upload.objects.filter(pk=upload.pk, state=Upload.State.OPEN)
    unclaimed = timezone.now() - PATIENCE
    return bool(rows.update(state=Upload.State.PUBLISHING, sha256=sha256, touched_at=unclaimed, problem=""))


def publish(upload_id: str) -> None:
    """Put the file in its place, unless somebody else is at it or it is done. Raises what the datastore says."""
    upload = Upload.objects.filter(pk=upload_id, state=Upload.State.PUBLISHING).select_related("datastore").first()
    if upload is None or not _claim(upload):
        return
    digests = [part.sha256 for part in parts.received(upload=upload.pk).values()]
    stream = Watched(parts.joined(upload=upload.pk, digests=digests), upload)
    opening.file_store(upload.datastore).write(upload.path, stream, overwrite=upload.is_overwriting)
    rows = Upload.objects.filter(pk=upload.pk, state=Upload.State.PUBLISHING)
    rows.update(state=Upload.State.DONE, sha256=stream.sha256, touched_at=timezone.now())
    parts.discard(upload=upload.pk)
    hint(topics.workspace(upload.datastore.workspace.slug), "data")


def reopen(upload_id: str, error: StudioError) -> None:
    """The file could not be put in its place: the upload says why and may be completed again."""
    rows = Upload.objects.filter(pk=upload_id, state=Upload.State.PUBLISHING)
    rows.update(state=Upload.State.OPEN, problem=error.message[:500], touched_at=timezone.now())


def abandoned() -> list[str]:
    """Uploads whose publisher has fallen silent."""
    rows = Upload.objects.filter(state=Upload.State.PUBLISHING, touched_at__lte=timezone.now() - PATIENCE)
    return list(rows.values_list("pk", flat=True)[:100])


def _claim(upload: Upload) -> bool:
    """By one conditional update, so that of two messages only one is followed."""
    now = timezone.now()
    rows = Upload.objects.filter(pk=upload.pk, state=Upload.State.PUBLISHING, touched_at__lte=now - PATIENCE)
    upload.touched_at = now
    return bool(rows.update(touched_at=now))


class TakenOver(Conflict):
    """This publisher was slow enough to be thought dead, and another has begun again."""


class Watched:
    """The bytes on their way: hashed, the upload's time renewed. Raises at the end when they are not the announced ones."""

    def __init__(self, source: parts.Joined, upload: Upload) -> None:
        self._source = source
        self._upload = upload
        self._hashed = hashlib.sha256()
        self._renewed = time.monotonic()

    @property
    def sha256(self) -> str:
        return self._hashed.hexdigest()

    def read(self, size: int = -1, /) -> bytes:
        piece = self._source.read(size)
        self._hashed.update(piece)
        if not piece and self._upload.sha256 not in ("", self.sha256):
            raise blobs.differs()
        if time.monotonic() - self._renewed > RENEWED_SECONDS:
            self._renew()
        return piece

    def _renew(self) -> None:
        rows = Upload.objects.filter(pk=self._upload.pk, touched_at=self._upload.touched_at)
        self._upload.touched_at = timezone.now()
        if not rows.update(touched_at=self._upload.touched_at):
            raise TakenOver("upload_taken_over", "Another worker has taken this upload over.")
        self._renewed = time.monotonic()
