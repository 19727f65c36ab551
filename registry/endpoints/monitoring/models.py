"""Files of sampled requests and answers, and reports of how these differ from what a model learnt from."""

from typing import ClassVar

from django.db import models

from registry.data.datastores.models import Datastore
from registry.endpoints.models import Deployment
from studio.access.models import WorkspaceQuerySet
from studio.access.named import Made
from studio.access.permissions import Permission


class CollectedFile(models.Model):
    """One file of sampled requests in a datastore. Made after its bytes lie there; a file that is written twice has one row."""

    view_permission: ClassVar[Permission] = Permission.ENDPOINT_VIEW
    workspace_path: ClassVar[str] = "deployment__endpoint__workspace"

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, db_index=False, related_name="collected_files")
    collection = models.CharField(max_length=60)  # model_inputs, model_outputs, …
    datastore = models.ForeignKey(Datastore, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=600)
    since = models.DateTimeField()  # of the first and last request in it
    until = models.DateTimeField()
    records = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)  # sampled, but not kept: too large, or no room
    size = models.BigIntegerField(default=0)  # bytes

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-since", "-id")
        constraints = [
            models.UniqueConstraint(fields=["datastore", "path"], name="collected_file_once"),
        ]
        indexes = [
            # figures and windows of one deployment, and what is old
            models.Index(fields=["deployment", "collection", "since"], name="collected_file_window"),
            models.Index(fields=["until"], name="collected_file_old"),
        ]

    def __str__(self) -> str:
        return self.path


class DriftReport(Made):
    """What a deployment was asked lately, compared with what its model learnt from."""

    view_permission: ClassVar[Permission] = Permission.ENDPOINT_VIEW
    workspace_path: ClassVar[str] = "deployment__endpoint__workspace"

    class State(models.TextChoices):
        PENDING = "pending"
        READY = "ready"
        FAILED = "failed"

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="drift_reports")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    reference = models.CharField(max_length=400, blank=True)  # the data version it is compared with: azureml:cars:3
    since = models.DateTimeField()
    until = models.DateTimeField()
    row_count = models.PositiveIntegerField(default=0)
    reference_rows = models.PositiveIntegerField(default=0)
    drifted = models.BooleanField(null=True, blank=True)
    # registry.endpoints.monitoring.verdict.Column, the worst first
    columns = models.JSONField(default=list, blank=True)
    summary = models.CharField(max_length=500, blank=True)
    problem = models.CharField(max_length=1000, blank=True)
    is_scheduled = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)  # of the task that works on it
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            # taking up what nobody works on
            models.Index(fields=["created_at"], name="drift_report_pending", condition=models.Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"drift of {self.deployment}"

    @property
    def subject(self) -> str:
        """What events and notifications call it."""
        return f"drift:{self.pk}"

    def get_absolute_url(self) -> str:
        endpoint = self.deployment.endpoint.get_absolute_url()
        return f"{endpoint}monitoring/?deployment={self.deployment.name}&report={self.pk}"
