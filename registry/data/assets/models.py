"""Data assets and their versions."""

from typing import ClassVar
from urllib.parse import quote

from django.db import models

from registry.data.datastores.models import Datastore
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made, Named
from studio.access.permissions import Permission
from studio.storage.models import Blob


class DataType(models.TextChoices):
    """Azure's names."""

    FILE = "uri_file", "File"
    FOLDER = "uri_folder", "Folder"
    TABLE = "mltable", "Table"


class DataAsset(Named):
    """A name under which versions are counted. All versions of a name are of one type."""

    view_permission: ClassVar[Permission] = Permission.DATA_VIEW
    noun: ClassVar[str] = "data"
    pages: ClassVar[str] = "data"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="data_assets")
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=10, choices=DataType.choices)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)
    last_number = models.PositiveIntegerField(default=0)  # of its versions; a number is never given twice
    is_archived = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="data_asset_name_once"),
            models.CheckConstraint(
                condition=models.Q(type__in=["uri_file", "uri_folder", "mltable"]), name="data_asset_type_known"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "-updated_at"], name="data_asset_recent")]  # the list


class DataVersion(Made):
    """One version: where its files lie, what they are, and who made it. Only words and tags of it ever change.

    `number` counts; `version` is its name, the number unless its maker gave another. It is `pending` until its files have
    been read through once: then size, hash and schema are known.
    """

    view_permission: ClassVar[Permission] = Permission.DATA_VIEW
    workspace_path: ClassVar[str] = "asset__workspace"

    class State(models.TextChoices):
        PENDING = "pending"
        READY = "ready"
        FAILED = "failed"  # its files could not be read; `problem` says why

    asset = models.ForeignKey(DataAsset, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    version = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    problem = models.CharField(max_length=1000, blank=True)
    # Where it lies: below a datastore, or at an address outside (`uri`), which is read each time.
    datastore = models.ForeignKey(Datastore, null=True, blank=True, on_delete=models.PROTECT, related_name="versions")
    path = models.CharField(max_length=1024, blank=True)  # a file, or a folder without a slash at its end
    uri = models.CharField(max_length=2048, blank=True)  # as it was given
    # What the files are made of first, where they are not there yet: {"kind": "web", "url"} or {"kind": "query",
    # "datastore", "query"}.
    source = models.JSONField(default=dict, blank=True)
    is_managed = models.BooleanField(default=False)  # the files were stored for this version and go with it
    # How a table is read: {"format", "delimiter", "encoding", "header", "skip_rows", …}, and the MLTable text it came from.
    reading = models.JSONField(default=dict, blank=True)
    mltable = models.TextField(blank=True)
    schema = models.JSONField(null=True, blank=True)  # [{"name", "type", "included"}]
    size = models.BigIntegerField(default=0)  # bytes
    file_count = models.PositiveIntegerField(default=0)
    row_count = models.BigIntegerField(null=True, blank=True)
    content_hash = models.CharField(
        max_length=64, blank=True
    )  # SHA-256 over the sorted (path, size, SHA-256) of its files
    # Its files, one JSON line each (`manifest.DataFile`). While the version is pending: those that were read so far.
    manifest = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    description = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)
    properties = models.JSONField(default=dict, blank=True)
    run_id = models.CharField(max_length=12, blank=True)  # the run that made it: a text, never a key upward
    is_archived = models.BooleanField(default=False)
    lease_until = models.DateTimeField(null=True, blank=True)  # of the task that reads its files, or when to try again
    attempts = models.PositiveSmallIntegerField(default=0)  # that ended without a word since the last step forward

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["asset", "number"], name="data_version_number_once"),
            models.UniqueConstraint(fields=["asset", "version"], name="data_version_name_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "ready", "failed"]), name="data_version_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["run_id"], name="data_version_run", condition=~models.Q(run_id="")),
            models.Index(fields=["state"], name="data_version_pending", condition=models.Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.asset}:{self.version}"

    @property
    def subject(self) -> str:
        return f"data_version:{self.pk}"

    @property
    def reference(self) -> str:
        """How job files name it."""
        return f"azureml:{self.asset.name}:{self.version}"

    def get_absolute_url(self) -> str:
        return f"{self.asset.get_absolute_url()}versions/{quote(self.version, safe='')}/"


class ManagedFolder(Made):
    """A folder of the default datastore that was given out for the files of one version to be.

    It is noted before the first byte lies there and stays until its version stands; one that nothing claims in time, or whose
    version was deleted, is emptied by the janitor. So files of ours never lie anywhere that nobody remembers.
    """

    view_permission: ClassVar[Permission] = Permission.DATA_VIEW
    workspace_path: ClassVar[str] = "datastore__workspace"

    datastore = models.ForeignKey(Datastore, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=400)  # data/<name>/<token>
    version = models.ForeignKey(DataVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="folders")
    released_at = models.DateTimeField(null=True, blank=True)  # its version was deleted: the files go now
    problem = models.CharField(max_length=500, blank=True)  # why the store did not remove them

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["datastore", "path"], name="managed_folder_once")]
        indexes = [models.Index(fields=["created_at"], name="managed_folder_free", condition=models.Q(version=None))]

    def __str__(self) -> str:
        return self.path
