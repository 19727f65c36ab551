"""Pipelines as they are drawn, published and run."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from runs.tracking.models import Run
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made, Named
from studio.access.permissions import Permission
from studio.ordered_json import OrderedJSONField


class Pipeline(Named):
    """What the designer edits: one draft, saved as it is drawn, and the versions that people kept of it."""

    view_permission: ClassVar[Permission] = Permission.PIPELINE_VIEW
    noun: ClassVar[str] = "pipeline"

    class Purpose(models.TextChoices):
        TRAINING = "training"
        REALTIME = "realtime"  # made of a trained one, answers requests
        BATCH = "batch"  # made of a trained one, scores a table

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="pipelines")
    name = models.CharField(max_length=255)
    description = models.TextField(max_length=20000, blank=True)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.TRAINING)
    made_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="inferences")
    document = OrderedJSONField(default=dict)  # the draft: a normalised pipeline job with its layout
    stamp = models.PositiveIntegerField(default=1)  # one more with every save: the draft's ETag
    version_count = models.PositiveIntegerField(default=0)
    is_archived = models.BooleanField(default=False)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-updated_at", "-id")
        indexes = [
            models.Index(fields=["workspace", "-updated_at", "-id"], name="pipeline_list")
        ]  # the list, latest first
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="pipeline_name_once")]

    def get_absolute_url(self) -> str:
        return f"/w/{self.workspace.slug}/pipelines/{self.pk}/edit/"


class PipelineVersion(Made):
    """A draft as somebody kept it; never changed."""

    view_permission: ClassVar[Permission] = Permission.PIPELINE_VIEW
    workspace_path: ClassVar[str] = "pipeline__workspace"

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=255, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    document = OrderedJSONField()
    digest = models.CharField(max_length=64)  # of the document without its layout

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["pipeline", "number"], name="pipeline_version_once")]

    def __str__(self) -> str:
        return f"{self.pipeline.name} v{self.number}"


class PipelineRun(models.Model):
    """What a parent run carries out: the document as it was submitted, every component at the version it meant then."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW
    workspace_path: ClassVar[str] = "run__workspace"

    run = models.OneToOneField(Run, primary_key=True, on_delete=models.CASCADE, related_name="pipeline_run")
    pipeline = models.ForeignKey(Pipeline, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs")
    version = models.ForeignKey(PipelineVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs")
    endpoint = models.ForeignKey(
        "PipelineEndpoint", null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    rerun_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reruns")
    document = (
        OrderedJSONField()
    )  # normalised, components resolved: {"resolved": {reference: declaration}} beside the jobs
    inputs = OrderedJSONField(default=dict)  # the pipeline's inputs as they were given
    outputs = OrderedJSONField(default=dict)  # the pipeline's outputs once they are there
    origin = models.CharField(max_length=20, default="api")  # "designer", "api", "endpoint", "schedule"
    at_once = models.PositiveIntegerField(default=8)  # steps that may be under way together
    is_forced = models.BooleanField(default=False)  # nothing is reused
    goes_on = models.BooleanField(default=False)  # continue_on_step_failure
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    # Who orchestrates holds it for a moment, so that two wake-ups do not do the same work; the rows decide all the same.
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-run__created_at",)

    def __str__(self) -> str:
        return self.run_id

    def get_absolute_url(self) -> str:
        return self.run.get_absolute_url()


class StepState(models.TextChoices):
    WAITING = "waiting"  # for other steps
    READY = "ready"  # for a free place
    RUNNING = "running"  # its run has begun to exist, or what is below it is under way
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    SKIPPED = "skipped"  # a branch not taken, or something it needs did not complete


STEP_FINAL = frozenset({StepState.COMPLETED, StepState.FAILED, StepState.CANCELED, StepState.SKIPPED})


class Step(models.Model):
    """One node of a pipeline run: with a child run, or holding steps of its own (a nested pipeline, a loop, a branch)."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW
    workspace_path: ClassVar[str] = "pipeline_run__run__workspace"

    class Kind(models.TextChoices):
        COMMAND = "command"
        PIPELINE = "pipeline"
        BRANCH = "if_else"
        LOOP = "do_while"
        EACH = "parallel_for"

    pipeline_run = models.ForeignKey(PipelineRun, on_delete=models.CASCADE, related_name="steps")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    path = models.CharField(max_length=500)  # "train", "each[3].train": where it stands
    name = models.CharField(max_length=255)  # the node's name
    label = models.CharField(max_length=255, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    component = models.CharField(max_length=400, blank=True)  # the reference, with its version
    node = OrderedJSONField(default=dict)  # the node as the document has it
    item = models.JSONField(null=True, blank=True)  # what a round of a loop was given
    position = models.PositiveIntegerField(default=0)  # in the document: the order of tables

    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.WAITING)
    missing = models.PositiveIntegerField(default=0)  # steps it still waits for
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="steps")
    attempt = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=1000, blank=True)  # why it failed or was skipped
    reuse_key = models.CharField(max_length=64, blank=True)
    reused_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reused_by")
    reuse_note = models.CharField(max_length=1000, blank=True)  # why it was or was not reused
    inputs = OrderedJSONField(default=dict, blank=True)  # as they were given: values, and places with their hashes
    outputs = OrderedJSONField(default=dict, blank=True)  # {name: {"type", "uri", "hash"} or {"value"}}
    ready_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = [models.UniqueConstraint(fields=["pipeline_run", "path"], name="step_path_once")]
        indexes = [
            models.Index(fields=["pipeline_run", "state"], name="step_states"),  # what is ready, what is under way
            models.Index(  # the latest completed step that did the same
                fields=["reuse_key", "-ended_at"], name="step_reuse", condition=models.Q(state="completed")
            ),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def is_finished(self) -> bool:
        return self.state in STEP_FINAL

    @property
    def is_reused(self) -> bool:
        return self.reused_from_id is not None


class StepNeed(models.Model):
    """A step that waits for another."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="needs")
    needed = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="needed_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "needed"], name="step_need_once")]

    def __str__(self) -> str:
        return f"{self.step_id} after {self.needed_id}"


class PipelineEndpoint(Named):
    """A published pipeline: an address that starts runs of one of its versions with parameters."""

    view_permission: ClassVar[Permission] = Permission.PIPELINE_VIEW
    noun: ClassVar[str] = "pipeline_endpoint"
    pages: ClassVar[str] = "pipeline-endpoints"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="pipeline_endpoints")
    name = models.CharField(max_length=255)
    description = models.TextField(max_length=20000, blank=True)
    is_enabled = models.BooleanField(default=True)
    default_version = models.PositiveIntegerField(default=0)  # the number of the version that answers
    version_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="pipeline_endpoint_name_once")]


class PipelineEndpointVersion(Made):
    """What one version of an endpoint runs; never changed."""

    view_permission: ClassVar[Permission] = Permission.PIPELINE_VIEW
    workspace_path: ClassVar[str] = "endpoint__workspace"

    endpoint = models.ForeignKey(PipelineEndpoint, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.ForeignKey(PipelineVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    document = OrderedJSONField()
    is_enabled = models.BooleanField(default=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["endpoint", "number"], name="pipeline_endpoint_version_once")]

    def __str__(self) -> str:
        return f"{self.endpoint.name} v{self.number}"
