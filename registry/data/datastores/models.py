"""Datastores: a name for a place and for the way in."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from studio.access.models import Workspace
from studio.access.named import Named
from studio.access.permissions import Permission
from studio.secrets.models import Secret


class Datastore(Named):
    """A place by its name. Its options hold nothing secret: the credential lies in the vault, named by `secret`."""

    view_permission: ClassVar[Permission] = Permission.DATASTORE_VIEW
    noun: ClassVar[str] = "datastore"
    pages: ClassVar[str] = "data/datastores"

    class Kind(models.TextChoices):
        FOLDER = "local_folder", "Local folder"
        S3 = "s3", "S3-compatible"
        AZURE_BLOB = "azure_blob", "Azure Blob"
        GCS = "gcs", "Google Cloud Storage"
        SFTP = "sftp", "SFTP"
        SQL = "sql", "SQL database"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="datastores")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    description = models.TextField(blank=True)
    options = models.JSONField(default=dict, blank=True)  # container, endpoint, prefix …: what the kind declares
    secret = models.ForeignKey(Secret, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_default = models.BooleanField(default=False)
    is_read_only = models.BooleanField(default=False)
    tags = models.JSONField(default=dict, blank=True)
    # What the last test of the connection said; empty words and a time mean that it worked.
    checked_at = models.DateTimeField(null=True, blank=True)
    check_problem = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(models.F("workspace"), Lower("name"), name="datastore_name_once"),
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(is_default=True), name="datastore_one_default"
            ),
        ]

    @property
    def is_sql(self) -> bool:
        return self.kind == self.Kind.SQL
