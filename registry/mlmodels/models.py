"""Registered models, their versions and what belongs to them: tags, aliases, files, stages and who lets a version into one."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made, Named
from studio.access.permissions import Permission
from studio.storage.models import Blob

# The tag by which MLflow's client stores a prompt as a registered model.
PROMPT_TAG = "mlflow.prompt.is_prompt"


class RegisteredModel(Named):
    """A name under which versions are counted."""

    view_permission: ClassVar[Permission] = Permission.MODEL_VIEW
    noun: ClassVar[str] = "model"
    pages: ClassVar[str] = "models"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="models")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    last_number = models.PositiveIntegerField(default=0)  # of its versions; a number is never given twice
    is_archived = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="registered_model_name_once")]
        indexes = [models.Index(fields=["workspace", "-updated_at"], name="registered_model_recent")]  # the list


class RegisteredModelTag(models.Model):
    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        ordering = ("key",)
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="registered_model_tag_once")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class ModelVersion(Made):
    """One numbered version: where it came from, and files of its own that outlive that place."""

    view_permission: ClassVar[Permission] = Permission.MODEL_VIEW
    workspace_path: ClassVar[str] = "model__workspace"

    class Stage(models.TextChoices):
        NONE = "None"
        STAGING = "Staging"
        PRODUCTION = "Production"
        ARCHIVED = "Archived"

    class Format(models.TextChoices):
        MLFLOW = "mlflow", "MLflow model"
        PICKLE = "pickle", "Pickle or joblib file"
        ONNX = "onnx", "ONNX"
        FOLDER = "folder", "Folder"
        CUSTOM = "custom", "Custom"

    class Reading(models.TextChoices):
        """How far the sandboxed reading of its files is; facts are kept under `facts`."""

        PENDING = "pending"
        DONE = "done"
        FAILED = "failed"

    ACTIVE_STAGES: ClassVar[tuple[str, ...]] = (Stage.STAGING, Stage.PRODUCTION)

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    stage = models.CharField(max_length=40, default=Stage.NONE)  # the name of a `ModelStage` of the workspace
    format = models.CharField(max_length=10, choices=Format.choices, default=Format.CUSTOM)
    is_archived = models.BooleanField(default=False)
    card = models.TextField(blank=True)  # Markdown; where it is empty, the README.md among its files
    description = models.TextField(blank=True)
    source = models.CharField(max_length=2048, blank=True)  # the address it was made of, as it was given
    location = models.CharField(max_length=2048, blank=True)  # where that led to: another version's source
    run_id = models.CharField(max_length=255, blank=True)  # of here or of another server: a text, never a key upward
    run_link = models.CharField(max_length=500, blank=True)
    logged_model_id = models.CharField(max_length=255, blank=True)
    signature = models.JSONField(null=True, blank=True)  # what its MLmodel file says of inputs and outputs
    flavors = models.JSONField(default=list, blank=True)  # names out of its MLmodel file
    input_example = models.JSONField(null=True, blank=True)  # as a scoring request takes it
    # What was found in its files without loading them: {"packages", "classes", "suspicious", "inputs", "outputs", "python"}
    facts = models.JSONField(default=dict, blank=True)
    reading = models.CharField(max_length=10, choices=Reading.choices, default=Reading.PENDING)
    reading_problem = models.CharField(max_length=500, blank=True)
    size = models.BigIntegerField(default=0)  # bytes of its files
    updated_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["model", "number"], name="model_version_number_once"),
        ]
        indexes = [
            # a run's page, and the trash before it purges runs
            models.Index(fields=["run_id"], name="model_version_run", condition=~models.Q(run_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.number}"

    @property
    def subject(self) -> str:
        return f"model_version:{self.pk}"

    def get_absolute_url(self) -> str:
        return f"{self.model.get_absolute_url()}versions/{self.number}/"


class ModelVersionTag(models.Model):
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        ordering = ("key",)
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="model_version_tag_once")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class ModelAlias(models.Model):
    """A word that leads to one version of a model, and may be set to another: `champion`."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=255)
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["model", "name"], name="model_alias_once")]

    def __str__(self) -> str:
        return self.name


class ModelVersionFile(models.Model):
    """A file of a version: the row is its own, the bytes are shared with whoever else holds the blob."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=1024)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("path",)
        constraints = [models.UniqueConstraint(fields=["version", "path"], name="model_version_file_once")]

    def __str__(self) -> str:
        return self.path


class ModelStage(models.Model):
    """A stage of a workspace, and what a version needs to get into it. MLflow's four are there from the start."""

    view_permission: ClassVar[Permission] = Permission.MODEL_VIEW

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="model_stages")
    name = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    description = models.CharField(max_length=500, blank=True)
    needs_approval = models.BooleanField(default=False)
    approvers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+"
    )  # nobody: all who may approve
    # Rules of the run's metrics: [{"metric", "op": ">=", "value"}]
    metrics = models.JSONField(default=list, blank=True)
    checks = models.JSONField(default=list, blank=True)  # names of `ModelCheck`s that must have passed

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="model_stage_name_once")]

    def __str__(self) -> str:
        return self.name


class StageRequest(models.Model):
    """Somebody's wish that a version moves to a stage, and what became of it. Who wished can't approve."""

    view_permission: ClassVar[Permission] = Permission.MODEL_VIEW
    workspace_path: ClassVar[str] = "version__model__workspace"

    class State(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="stage_requests")
    stage = models.CharField(max_length=40)
    archive_existing = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    comment = models.TextField(blank=True)  # of who asks
    answer = models.TextField(blank=True)  # of who decides
    evidence = models.JSONField(default=dict, blank=True)  # the metrics and checks as they stood at the decision
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(state="pending"), name="stage_request_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} to {self.stage} ({self.state})"


class ModelCheck(Made):
    """The result of a named check of a version, as a person, a job or a pipeline reported it last: `fairness passed`."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="checks")
    name = models.CharField(max_length=100)
    passed = models.BooleanField()
    detail = models.CharField(max_length=1000, blank=True)
    url = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="model_check_once")]

    def __str__(self) -> str:
        return f"{self.name} {'passed' if self.passed else 'failed'}"
