"""What jobs write into datastores."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from registry.data.assets.models import DataVersion
from registry.data.datastores.models import Datastore
from runs.tracking.models import Run
from studio.access.models import WorkspaceQuerySet
from studio.access.permissions import Permission


class RunOutput(models.Model):
    """An output that its job file gives a place in a datastore or the name of a data asset.

    Its files are there once it is `whole`; what it is to become, it becomes when the run completes.
    """

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW
    workspace_path: ClassVar[str] = "run__workspace"
    job_path: ClassVar[str] = "run__job"

    class State(models.TextChoices):
        OPEN = "open"
        WHOLE = "whole"  # every file lies in its place
        STORED = "stored"  # the run completed, and no asset was asked for
        REGISTERED = "registered"
        FAILED = "failed"  # `problem` says why nothing was registered
        DROPPED = "dropped"  # the run did not complete

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="outputs")
    name = models.CharField(max_length=250)
    type = models.CharField(max_length=40)
    datastore = models.ForeignKey(Datastore, null=True, on_delete=models.SET_NULL, related_name="+")
    path = models.CharField(max_length=1024, blank=True)  # a file, or a folder without a slash at its end
    uri = models.CharField(max_length=2048)  # the same place, as it is named
    asset_name = models.CharField(max_length=255, blank=True)  # of the asset it becomes a version of
    asset_version = models.CharField(max_length=60, blank=True)
    description = models.TextField(blank=True)
    is_managed = models.BooleanField(default=False)  # its folder is the studio's own
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    problem = models.CharField(max_length=1000, blank=True)
    size = models.BigIntegerField(default=0)
    file_count = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict, blank=True)  # schema, rows and how it is read, found before it is registered
    data_version = models.ForeignKey(DataVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["run", "name"], name="run_output_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "whole", "stored", "registered", "failed", "dropped"]),
                name="run_output_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.name}"


class OutputFile(models.Model):
    """A file of an output that lies in its place: noted before its bytes come (no hash yet), so that none is forgotten."""

    output = models.ForeignKey(RunOutput, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=1024)  # below the output's folder; the file's name for a single file
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    etag = models.CharField(max_length=255, blank=True)
    attempt = models.PositiveIntegerField()
    is_new = models.BooleanField(default=True)  # nothing lay there before: it goes when the run does not complete

    class Meta:
        ordering = ("path",)
        constraints = [models.UniqueConstraint(fields=["output", "path"], name="output_file_once")]

    def __str__(self) -> str:
        return self.path
