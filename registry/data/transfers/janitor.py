"""Uploads that were never finished go after a day."""

from datetime import timedelta

from django.utils import timezone

from registry.data.transfers.models import Upload
from studio.storage import parts

KEPT = timedelta(days=1)  # so long an upload may rest between two parts
BATCH = 500


def forget_old() -> int:
    """Remove uploads that nobody has added to for `KEPT`, and their parts. Answers how many."""
    old = Upload.objects.filter(touched_at__lt=timezone.now() - KEPT).exclude(state=Upload.State.PUBLISHING)
    ids = list(old.values_list("pk", flat=True)[:BATCH])
    for upload_id in ids:
        parts.discard(upload=upload_id)
    Upload.objects.filter(pk__in=ids).delete()
    return len(ids)
