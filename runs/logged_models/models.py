"""Logged models and what is known of them."""

import re
import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from runs.tracking.models import Experiment, Run
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.permissions import Permission
from studio.storage.models import Blob

ID_SHAPE = re.compile(r"m-[0-9a-f]{32}")


def new_model_id() -> str:
    return f"m-{secrets.token_hex(16)}"


class ModelState(models.TextChoices):
    """MLflow's words, so that nobody has to translate."""

    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"


class LoggedModel(models.Model):
    """A model that a run made. It has files of its own and may be registered under a name later."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW
    job_path: ClassVar[str] = "source_run__job"

    id = models.CharField(primary_key=True, max_length=34, default=new_model_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="logged_models")
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="logged_models")
    source_run = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="produced_models"
    )
    name = models.CharField(max_length=500)
    model_type = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=8, choices=ModelState.choices, default=ModelState.PENDING)
    status_message = models.CharField(max_length=1000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)  # in the trash since
    external_id = models.CharField(max_length=255, blank=True)  # where it was imported from

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "id")
        indexes = [
            models.Index(fields=["workspace", "-created_at", "id"], name="logged_model_list"),  # REST, newest first
            models.Index(fields=["experiment", "-created_at", "id"], name="logged_model_search"),  # MLflow's search
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ModelState.values), name="logged_model_state_known"),
            models.UniqueConstraint(
                fields=["workspace", "external_id"],
                name="logged_model_external_once",
                condition=~models.Q(external_id=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/w/{self.workspace.slug}/logged-models/{self.pk}/"


class LoggedModelParam(models.Model):
    model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="params")
    key = models.CharField(max_length=255)
    value = models.CharField(max_length=6000, blank=True)

    class Meta:
        ordering = ("key",)
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="logged_model_param_once")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class LoggedModelTag(models.Model):
    model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="tags")
    key = models.CharField(max_length=255)
    value = models.TextField(max_length=8000, blank=True)

    class Meta:
        ordering = ("key",)
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="logged_model_tag_once")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class LoggedModelMetric(models.Model):
    """One point that a run measured of a model, on a dataset where it said which."""

    model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="metrics")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="model_metrics")
    key = models.CharField(max_length=250)
    value = models.FloatField(null=True)  # empty where it is no number: SQLite can't hold NaN
    time_ms = models.BigIntegerField()
    step = models.BigIntegerField(default=0)
    dataset_name = models.CharField(max_length=500, blank=True)
    dataset_digest = models.CharField(max_length=36, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = [
            # the latest value of one metric: order and filter of the search
            models.Index(fields=["model", "key", "-time_ms", "-step"], name="logged_model_metric_latest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "run", "key", "time_ms", "step", "dataset_name", "dataset_digest"],
                name="logged_model_metric_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class LoggedModelFile(models.Model):
    """A file of a model under the name the client gave it; the bytes are a blob under a name of ours."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW
    workspace_path: ClassVar[str] = "model__workspace"
    job_path: ClassVar[str] = "model__source_run__job"

    model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=1024)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("path",)
        constraints = [models.UniqueConstraint(fields=["model", "path"], name="logged_model_file_once")]

    def __str__(self) -> str:
        return self.path


class RunModel(models.Model):
    """That a run read a model or made it."""

    class Direction(models.TextChoices):
        INPUT = "input"
        OUTPUT = "output"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="models")
    model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="uses")
    direction = models.CharField(max_length=6, choices=Direction.choices)
    step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["run", "model", "direction"], name="run_model_once"),
            models.CheckConstraint(
                condition=models.Q(direction__in=["input", "output"]), name="run_model_direction_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.direction} {self.model_id}"
