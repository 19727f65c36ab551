"""Evaluation datasets and their records."""

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone

from runs.tracking.models import Experiment
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.permissions import Permission


def new_dataset_id() -> str:
    return f"d-{secrets.token_hex(16)}"


def new_record_id() -> str:
    return f"dr-{secrets.token_hex(16)}"


class EvaluationDataset(models.Model):
    """A named collection of records. `digest` changes with anything in it."""

    view_permission: ClassVar[Permission] = Permission.EXPERIMENT_VIEW

    id = models.CharField(primary_key=True, max_length=34, default=new_dataset_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="evaluation_datasets")
    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    schema = models.JSONField(null=True, blank=True)  # part → field → type, as the records told
    experiments = models.ManyToManyField(Experiment, related_name="evaluation_datasets")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    # As the client names them; the studio knows its own people by the token alone.
    created_by = models.CharField(max_length=255, blank=True)
    updated_by = models.CharField(max_length=255, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=["workspace", "-created_at", "-id"], name="evaluation_list")]  # the search

    def __str__(self) -> str:
        return self.name


class EvaluationTag(models.Model):
    dataset = models.ForeignKey(EvaluationDataset, on_delete=models.CASCADE, related_name="tags")
    key = models.CharField(max_length=255)
    value = models.TextField(max_length=5000, blank=True)

    class Meta:
        ordering = ("key",)
        constraints = [models.UniqueConstraint(fields=["dataset", "key"], name="evaluation_tag_once")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class EvaluationRecord(models.Model):
    """One case. Cases of equal inputs are one: what comes later is merged into it."""

    id = models.CharField(primary_key=True, max_length=35, default=new_record_id, editable=False)
    dataset = models.ForeignKey(EvaluationDataset, on_delete=models.CASCADE, related_name="records")
    inputs = models.JSONField()
    input_hash = models.CharField(max_length=64)
    outputs = models.JSONField(null=True, blank=True)
    expectations = models.JSONField(null=True, blank=True)
    tags = models.JSONField(null=True, blank=True)
    source = models.JSONField(null=True, blank=True)  # {source_type, source_data}
    source_id = models.CharField(max_length=255, blank=True)
    source_type = models.CharField(max_length=255, blank=True)
    created_ms = models.BigIntegerField()  # since the epoch; records are paged by it
    updated_ms = models.BigIntegerField()
    created_by = models.CharField(max_length=255, blank=True)
    updated_by = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ("created_ms", "id")
        indexes = [models.Index(fields=["dataset", "created_ms", "id"], name="evaluation_record_pages")]  # its pages
        constraints = [models.UniqueConstraint(fields=["dataset", "input_hash"], name="evaluation_inputs_once")]

    def __str__(self) -> str:
        return self.pk
