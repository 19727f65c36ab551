"""Cleaning up: blobs that no row points at, and uploads that were never finished."""

import logging
import time
from datetime import timedelta

from django.db import models
from django.utils import timezone

from studio.storage import stores
from studio.storage.models import Blob

logger = logging.getLogger(__name__)

GRACE = timedelta(hours=24)  # an upload's owner row may follow later: a client that was cut off comes back
UNFINISHED_SECONDS = 3600
BATCH = 500


def unowned(older_than: timedelta = GRACE) -> "models.QuerySet[Blob]":
    """Blobs no other row points at, whatever app that row is in."""
    rows = Blob.objects.filter(created_at__lt=timezone.now() - older_than)
    for relation in Blob._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel):
            owners = relation.related_model._base_manager.filter(**{relation.field.name: models.OuterRef("pk")})
            rows = rows.exclude(models.Exists(owners))
    return rows


def remove_unowned(older_than: timedelta = GRACE) -> int:
    """Remove unowned blobs, row first. Answers how many went."""
    cutoff = timezone.now() - older_than
    removed = 0
    for pk, key in list(unowned(older_than).values_list("pk", "key")[:BATCH]):
        try:
            gone, _ = Blob.objects.filter(pk=pk, created_at__lt=cutoff).delete()
        except models.ProtectedError:
            continue  # an owner came meanwhile
        if gone:
            stores.delete_object(key)
            removed += 1
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
