"""Files that MLflow's proxy keeps for no run and no model, and uploads that come in parts."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models

from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.permissions import Permission
from studio.storage.models import Blob


def new_upload_id() -> str:
    return secrets.token_hex(16)


class LooseFile(models.Model):
    """A file that a client put straight below the proxy's root, outside of any experiment's folder."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="loose_files")
    path = models.CharField(max_length=1024)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("path",)
        constraints = [models.UniqueConstraint(fields=["workspace", "path"], name="loose_file_once")]

    def __str__(self) -> str:
        return self.path


class PartUpload(models.Model):
    """A file on its way in parts. The parts lie in the folder of unfinished uploads under the id."""

    id = models.CharField(primary_key=True, max_length=32, default=new_upload_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="part_uploads")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=2048)  # below the proxy's root
    count = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="part_upload_age")]  # the janitor

    def __str__(self) -> str:
        return f"{self.path} in {self.count} parts"
