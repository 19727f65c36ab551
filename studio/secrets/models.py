"""The key vault's tables. No column holds a secret in the clear."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made, Named
from studio.access.permissions import Permission


class WorkspaceKey(models.Model):
    """A workspace's data key, wrapped by the installation's master key. Values name the key they were sealed with."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    wrapped = models.CharField(max_length=200)
    master_id = models.CharField(max_length=16)  # which master key wrapped it
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(is_current=True), name="workspace_key_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"key {self.pk} of {self.workspace_id}"


class Secret(Made):
    """A value by its name: written and used, never read back by a person."""

    view_permission: ClassVar[Permission] = Permission.SECRET_VIEW

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    # "datastore:12": the credential of that thing, changed on its page and never given to a job; empty: for jobs, by name.
    held_by = models.CharField(max_length=80, blank=True)
    last_number = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(models.F("workspace"), Lower("name"), name="secret_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """What events and notifications call it."""
        return f"secret:{self.pk}"


class SecretVersion(Made):
    """One value of a secret, sealed with its workspace's key."""

    secret = models.ForeignKey(Secret, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    key = models.ForeignKey(WorkspaceKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.TextField()

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["secret", "number"], name="secret_version_once")]

    def __str__(self) -> str:
        return f"{self.secret_id} version {self.number}"


class SecretUse(models.Model):
    """That a value was opened: by whom or what, and when."""

    secret = models.ForeignKey(Secret, on_delete=models.CASCADE, related_name="uses")
    number = models.PositiveIntegerField()  # of the version
    user_kind = models.CharField(max_length=40)  # "job", "datastore", "connection"
    user_id = models.CharField(max_length=255)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-used_at",)
        indexes = [models.Index(fields=["secret", "-used_at"], name="secret_use_recent")]

    def __str__(self) -> str:
        return f"{self.secret_id} by {self.user_kind}:{self.user_id}"


class Connection(Named):
    """A service outside by its name: what it is, where it is, and the credential that opens it."""

    view_permission: ClassVar[Permission] = Permission.SECRET_VIEW
    noun: ClassVar[str] = "connection"
    pages: ClassVar[str] = "connections"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="connections")
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=40)  # git, python_feed, container_registry, s3, azure_sql_db, api_key …
    target = models.CharField(max_length=1000, blank=True)
    credentials = models.CharField(max_length=40, default="none")  # the kind: pat, username_password, api_key …
    secret = models.ForeignKey(Secret, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    metadata = models.JSONField(default=dict, blank=True)
    description = models.CharField(max_length=500, blank=True)
    is_shared = models.BooleanField(default=True)  # as the file says; a connection is its workspace's either way

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(models.F("workspace"), Lower("name"), name="connection_name_once")]
