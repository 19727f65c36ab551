"""Stored bytes: content-addressed blobs inside a workspace."""

from django.db import models

from studio.access.models import Workspace


class Blob(models.Model):
    """Bytes kept once per workspace. The storage key is made by us; the user's names live in other rows."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    key = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "sha256"], name="blob_once")]

    def __str__(self) -> str:
        return self.sha256[:12]
