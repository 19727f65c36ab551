"""Cleaning up: blobs that no row points at, objects whose removal is due, and uploads that were never finished."""

import time
from datetime import timedelta

from django.db import models
from django.utils import timezone

from studio.storage import removal, stores
from studio.storage.models import Blob, ObjectRemoval

GRACE = removal.GRACE
UNFINISHED_SECONDS = 3600
BATCH = 500


def unowned(older_than: timedelta = GRACE) -> "models.QuerySet[Blob]":
    """Blobs no other row points at, whatever app that row is in, and that nobody stored for that long."""
    before = timezone.now() - older_than
    is_old = models.Q(claimed_at=None) | models.Q(claimed_at__lt=before)
    return removal.without_owner(Blob.objects.filter(is_old, created_at__lt=before))


def remove_unowned(older_than: timedelta = GRACE) -> int:
    """Remove unowned blobs, row first, and objects left by a removal that was cut off. Answers how many blobs went."""
    removed = len(removal.drop(list(unowned(older_than).filter(released_for="")[:BATCH])))
    # What a removal with a receipt left behind is its own to count.
    due = ObjectRemoval.objects.filter(released_for="").order_by("attempts", "id")[: 2 * BATCH]
    removal.strike(removal.remove_objects(due))
    return removed


def remove_unfinished() -> int:
    """Remove temporary files of uploads that were cut off. Answers how many went."""
    folder = stores.incoming_folder()
    if not folder.is_dir():
        return 0
    removed = 0
    for path in folder.iterdir():
        if path.is_file() and time.time() - path.stat().st_mtime > UNFINISHED_SECONDS:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
