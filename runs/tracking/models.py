"""Experiments, runs and what a run records besides its metrics."""

from typing import ClassVar
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce, Left

from compute.jobs.models import FINAL_STATES, LIVE_STATES, Job, JobState
from registry.data.assets.models import DataVersion
from registry.environments.models import Environment
from runs.tracking.number_field import NumberField
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made
from studio.access.permissions import Permission
from studio.identifiers import new_run_id
from studio.storage.models import Blob

VALUE_INDEXED = 64  # characters of a parameter's or tag's value that its index holds
TAG_COLUMNS = ("value", "number")  # what changes where a tag is written over
RunState = JobState  # one vocabulary: a run's states are those of the job that carries it


class Experiment(Made):
    """A path name (`vision/digits`) under which runs are collected; the tree is made of the paths."""

    view_permission: ClassVar[Permission] = Permission.EXPERIMENT_VIEW

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="experiments")
    path = models.CharField(max_length=500)
    description = models.TextField(max_length=20000, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    is_archived = models.BooleanField(default=False)
    deleted_at = models.DateTimeField(null=True, blank=True)  # in the trash since
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    artifact_location = models.CharField(max_length=1024, blank=True)  # an outside address; empty: the studio's store
    external_id = models.CharField(max_length=255, blank=True)  # where it was imported from

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("path",)
        constraints = [models.UniqueConstraint(fields=["workspace", "path"], name="experiment_path_once")]

    def __str__(self) -> str:
        return self.path

    def get_absolute_url(self) -> str:
        return f"/w/{self.workspace.slug}/experiments/{quote(self.path)}/"


class ExperimentTag(models.Model):
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField(max_length=8000, blank=True)

    class Meta:
        ordering = ("key",)
        constraints = [models.UniqueConstraint(fields=["experiment", "key"], name="experiment_tag_once")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class Snapshot(models.Model):
    """A code folder, content-addressed: the same tree is stored once."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="snapshots")
    digest = models.CharField(max_length=64)
    manifest = models.JSONField()  # [{path, size, sha256}] sorted by path
    size = models.BigIntegerField()  # bytes unpacked
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")  # the zip
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="snapshot_once")]

    def __str__(self) -> str:
        return self.digest[:12]


class Run(Made):
    """One execution and its record."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW
    job_path: ClassVar[str] = "job"
    # Runs that a job's script opens through MLflow have no job: they hang below the job's run, this deep.
    paths_below_jobs: ClassVar[tuple[str, ...]] = ("parent__job", "parent__parent__job", "parent__parent__parent__job")

    id = models.CharField(primary_key=True, max_length=12, default=new_run_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="runs")
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="runs")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="run")
    cloned_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="clones")

    name = models.CharField(max_length=255)
    description = models.TextField(max_length=20000, blank=True)
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.CREATED)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    is_archived = models.BooleanField(default=False)
    deleted_at = models.DateTimeField(null=True, blank=True)  # in the trash since
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    # The receipt (runs.trash) by which it is being removed for good: from then on there is no way back.
    purge_number = models.BigIntegerField(null=True, blank=True)

    source = models.CharField(max_length=20, default="sdk")  # "job", "sdk", "example", "mlflow", "import"
    external_id = models.CharField(max_length=255, blank=True)  # where it was imported from: "mlflow:<run id>"
    definition = models.JSONField(null=True, blank=True)  # the normalised job file: what a clone starts from
    command = models.TextField(blank=True)
    snapshot = models.ForeignKey(Snapshot, null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    environment = models.ForeignKey(Environment, null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    git = models.JSONField(default=dict, blank=True)  # commit, branch, dirty, remote
    note = models.CharField(max_length=500, blank=True)  # what the studio decided for the job, said plainly

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["workspace", "-created_at", "-id"], name="run_list"),  # runs table, newest first
            models.Index(fields=["experiment", "-created_at", "-id"], name="run_list_experiment"),
            models.Index(  # runs.tracking.search: a page of an experiment's runs, the latest start first
                "experiment",
                Coalesce("started_at", "created_at").desc(),
                "id",
                name="run_search_experiment",
                condition=models.Q(deleted_at__isnull=True),
            ),
            models.Index(  # runs.tracking.search: the same over all experiments
                "workspace",
                Coalesce("started_at", "created_at").desc(),
                "id",
                name="run_search",
                condition=models.Q(deleted_at__isnull=True),
            ),
            models.Index(fields=["workspace", "state"], name="run_states"),  # Home's live strip, state filter
            models.Index(fields=["workspace", "name"], name="run_names"),  # sort by name
            models.Index(  # the trash and its purge
                fields=["workspace", "deleted_at"], name="run_trash", condition=models.Q(deleted_at__isnull=False)
            ),
            models.Index(  # a removal for good looks for what it still has to do
                fields=["purge_number"], name="run_purging", condition=models.Q(purge_number__isnull=False)
            ),
        ]
        constraints = [
            # an import that is run again finds what it brought before
            models.UniqueConstraint(
                fields=["workspace", "external_id"], name="run_external_once", condition=~models.Q(external_id="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_finished(self) -> bool:
        return self.state in FINAL_STATES

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES or self.state == RunState.QUEUED

    @property
    def subject(self) -> str:
        """What events, activities and notifications call this run."""
        return f"run:{self.pk}"

    def get_absolute_url(self) -> str:
        return f"/w/{self.workspace.slug}/runs/{self.pk}/"


class RunInput(models.Model):
    """One declared input of a run: a value, an uploaded file or folder, or data of the workspace or of the web."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="inputs")
    name = models.CharField(max_length=250)
    type = models.CharField(max_length=40)  # string, number, integer, boolean, uri_file, uri_folder …
    value = models.CharField(max_length=6000, blank=True)  # the value, or the path or address as it was given
    blob = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey(Snapshot, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # What a reference meant when the run was submitted: the version, or the place or address itself.
    data_version = models.ForeignKey(DataVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    uri = models.CharField(max_length=2048, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="run_input_once")]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class Param(models.Model):
    """One parameter, kept as text; compared as numbers when all parse."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, related_name="params")
    key = models.CharField(max_length=250)
    value = models.CharField(max_length=6000)
    number = NumberField()

    class Meta:
        ordering = ("key",)
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="param_once")]
        indexes = [
            # runs.tracking.search: the few runs with a value; a whole value may be longer than PostgreSQL can index
            models.Index("key", Left("value", VALUE_INDEXED), "run", name="param_search"),
            models.Index(  # runs.tracking.search: compared with a number, and in order by one
                fields=["key", "number", "run"], name="param_number", condition=models.Q(number__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class Tag(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField(max_length=8000, blank=True)
    number = NumberField()

    class Meta:
        ordering = ("key",)
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="tag_once")]
        indexes = [
            # runs.tracking.search: the few runs with a value; a whole value may be longer than PostgreSQL can index
            models.Index("key", Left("value", VALUE_INDEXED), "run", name="tag_search"),
            models.Index(  # runs.tracking.search: compared with a number, and in order by one
                fields=["key", "number", "run"], name="tag_number", condition=models.Q(number__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class Artifact(models.Model):
    """A file of a run under the name the user gave it; the bytes are a blob under a name of ours."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW
    workspace_path: ClassVar[str] = "run__workspace"
    job_path: ClassVar[str] = "run__job"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="artifacts")
    path = models.CharField(max_length=1024)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("path",)
        constraints = [models.UniqueConstraint(fields=["run", "path"], name="artifact_once")]

    def __str__(self) -> str:
        return self.path
