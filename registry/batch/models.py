"""Batch endpoints, their deployments, and the scoring of one input in parts."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from compute.jobs.models import Job
from compute.targets.models import ComputeTarget
from registry.data.assets.models import DataVersion
from registry.data.datastores.models import Datastore
from registry.environments.models import Environment
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made, Named
from studio.access.permissions import Permission
from studio.identifiers import new_run_id
from studio.storage.models import Blob


class BatchEndpoint(Named):
    """A name under which inputs are scored by one of its deployments."""

    view_permission: ClassVar[Permission] = Permission.ENDPOINT_VIEW
    noun: ClassVar[str] = "batch_endpoint"
    pages: ClassVar[str] = "batch-endpoints"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="batch_endpoints")
    name = models.CharField(max_length=32)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)
    default_deployment = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="batch_endpoint_name_once")]


class BatchDeployment(Made):
    """What scores: a model, a script where it needs one, an environment, a compute target, settings."""

    view_permission: ClassVar[Permission] = Permission.ENDPOINT_VIEW
    workspace_path: ClassVar[str] = "endpoint__workspace"

    endpoint = models.ForeignKey(BatchEndpoint, on_delete=models.CASCADE, related_name="deployments")
    name = models.CharField(max_length=32)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="batch_deployments")
    environment = models.ForeignKey(Environment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    code = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # a zip
    scoring_script = models.CharField(max_length=300, blank=True)
    target = models.ForeignKey(ComputeTarget, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # {"mini_batch_size", "max_concurrency_per_instance", "instance_count", "retry_settings", "error_threshold",
    #  "output_action", "output_file_name", "logging_level", "environment_variables"}
    options = models.JSONField(default=dict, blank=True)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["endpoint", "name"], name="batch_deployment_name_once")]

    def __str__(self) -> str:
        return f"{self.endpoint}/{self.name}"

    @property
    def subject(self) -> str:
        return f"batch_deployment:{self.pk}"


class BatchJob(Made):
    """One input scored once: split into parts, which jobs on the compute target take one after the other."""

    view_permission: ClassVar[Permission] = Permission.ENDPOINT_VIEW

    class State(models.TextChoices):
        PENDING = "pending"  # its input is being listed and split
        RUNNING = "running"
        FINALIZING = "finalizing"  # the parts' results become one file
        COMPLETED = "completed"
        FAILED = "failed"
        CANCELED = "canceled"

    FINAL: ClassVar[tuple[str, ...]] = (State.COMPLETED, State.FAILED, State.CANCELED)

    id = models.CharField(primary_key=True, max_length=12, default=new_run_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="batch_jobs")
    deployment = models.ForeignKey(BatchDeployment, null=True, on_delete=models.SET_NULL, related_name="jobs")
    title = models.CharField(max_length=200)  # endpoint/deployment, as it was called then
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    problem = models.CharField(max_length=1000, blank=True)
    input = models.JSONField(default=dict)  # {"type", "path"} as it was given
    input_version = models.ForeignKey(DataVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    options = models.JSONField(default=dict)  # the deployment's, with what the caller overrode
    item_total = models.PositiveIntegerField(default=0)
    item_done = models.PositiveIntegerField(default=0)
    item_failed = models.PositiveIntegerField(default=0)
    row_total = models.BigIntegerField(default=0)  # rows of output
    output_datastore = models.ForeignKey(Datastore, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    output_path = models.CharField(max_length=1024, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)  # of the task that splits or puts together
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["workspace", "-created_at"], name="batch_job_recent")]  # the list

    def __str__(self) -> str:
        return f"batch job {self.pk} ({self.state})"

    @property
    def subject(self) -> str:
        return f"batch_job:{self.pk}"

    def get_absolute_url(self) -> str:
        return f"/w/{self.workspace.slug}/batch-jobs/{self.pk}/"


class BatchWorker(models.Model):
    """A job of the compute target that takes parts until none are left."""

    batch = models.ForeignKey(BatchJob, on_delete=models.CASCADE, related_name="workers")
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.job} of {self.batch}"


class BatchPart(models.Model):
    """A mini-batch: taken by a conditional update, given back when its lease runs out."""

    class State(models.TextChoices):
        WAITING = "waiting"
        TAKEN = "taken"
        DONE = "done"
        FAILED = "failed"  # after its last retry

    batch = models.ForeignKey(BatchJob, on_delete=models.CASCADE, db_index=False, related_name="parts")
    number = models.PositiveIntegerField()
    items = models.JSONField()  # paths of files, or {"file", "from", "to"} rows of a table
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    worker = models.ForeignKey(BatchWorker, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    lease_until = models.DateTimeField(null=True, blank=True)
    row_count = models.PositiveIntegerField(default=0)
    failed_items = models.JSONField(default=list, blank=True)  # [{"item", "problem"}]
    problem = models.CharField(max_length=1000, blank=True)
    output = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # JSON lines

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="batch_part_once")]
        indexes = [models.Index(fields=["batch", "state", "number"], name="batch_part_next")]  # the next to take

    def __str__(self) -> str:
        return f"part {self.number} of {self.batch_id}"
