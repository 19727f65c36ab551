"""Uploads in parts: which are on their way, and where to."""

from datetime import timedelta

from django.utils import timezone

from runs.mlflow_api.artifacts.models import PartUpload
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.storage import parts

OVER = timedelta(seconds=2 * parts.KEPT_SECONDS)


def begin(*, actor: User, workspace: Workspace, path: str, count: int) -> PartUpload:
    """A new upload. Those that nobody came back to are forgotten at the same time."""
    PartUpload.objects.filter(created_at__lt=timezone.now() - OVER).delete()
    return PartUpload.objects.create(workspace=workspace, created_by=actor, path=path, count=count)


def find(workspace: Workspace, upload_id: str) -> PartUpload | None:
    return PartUpload.objects.filter(workspace=workspace, pk=upload_id).first()


def end(*, actor: User, upload: PartUpload) -> None:
    """Forget an upload and its parts: it is complete or given up."""
    PartUpload.objects.filter(pk=upload.pk).delete()
    parts.discard(upload=upload.pk)
