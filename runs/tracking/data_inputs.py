"""Datasets that runs read: which data it was, where from, and what a run used it for."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from runs.tracking.models import Experiment, Run
from studio.access.models import WorkspaceQuerySet
from studio.access.permissions import Permission

CONTEXT_TAG = "mlflow.data.context"  # what the data was used for: "training", "eval"


class Dataset(models.Model):
    """One version of some data, told apart in its experiment by name and digest. The source told first stays."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW
    workspace_path: ClassVar[str] = "experiment__workspace"

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="datasets")
    name = models.CharField(max_length=500)
    digest = models.CharField(max_length=36)
    source_type = models.CharField(max_length=36, blank=True)
    source = models.TextField(blank=True)  # mostly JSON, as the client gave it
    schema = models.TextField(blank=True)
    profile = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("name", "digest")
        constraints = [models.UniqueConstraint(fields=["experiment", "name", "digest"], name="dataset_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.digest})"


class RunDataset(models.Model):
    """That a run read a dataset. `context` is the value of the tag `mlflow.data.context`, to search by."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="datasets")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="uses")
    context = models.CharField(max_length=500, blank=True)
    tags = models.JSONField(default=dict, blank=True)  # key → value, the context among them
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["run", "dataset"], name="run_dataset_once")]

    def __str__(self) -> str:
        return f"{self.run_id} read {self.dataset_id}"
