"""Environments: what an interpreter must hold (kept once per content), the names and versions people give it, its builds."""

from typing import ClassVar
from urllib.parse import quote

from django.db import models

from compute.jobs.models import Job
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made, Named
from studio.access.permissions import Permission
from studio.storage.models import Blob


class Environment(models.Model):
    """A normalised definition; equal ones have the same digest and are built once a machine."""

    view_permission: ClassVar[Permission] = Permission.ENVIRONMENT_VIEW

    class Kind(models.TextChoices):
        CURRENT = "current"
        PYTHON = "python"
        REQUIREMENTS = "requirements"
        CONDA = "conda"
        DOCKERFILE = "dockerfile"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="environments")
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    definition = models.JSONField()  # registry.environments.definitions.Definition as JSON
    # The folder of a Dockerfile, as a zip; its SHA-256 is part of the digest.
    context = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="environment_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"


class EnvironmentAsset(Named):
    """A name under which versions of an environment are counted."""

    view_permission: ClassVar[Permission] = Permission.ENVIRONMENT_VIEW
    noun: ClassVar[str] = "environment"
    pages: ClassVar[str] = "environments"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="environment_assets")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)
    last_number = models.PositiveIntegerField(default=0)  # of its versions; a number is never given twice
    is_archived = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="environment_asset_name_once")]


class EnvironmentVersion(Made):
    """One version: never changed but in its words and tags. Equal contents share one `Environment`."""

    view_permission: ClassVar[Permission] = Permission.ENVIRONMENT_VIEW
    workspace_path: ClassVar[str] = "asset__workspace"

    asset = models.ForeignKey(EnvironmentAsset, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    version = models.CharField(max_length=60)  # the number unless its maker gave another
    content = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="versions")
    description = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)
    is_archived = models.BooleanField(default=False)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["asset", "number"], name="environment_version_number_once"),
            models.UniqueConstraint(fields=["asset", "version"], name="environment_version_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.asset}:{self.version}"

    @property
    def subject(self) -> str:
        return f"environment_version:{self.pk}"

    def get_absolute_url(self) -> str:
        return f"{self.asset.get_absolute_url()}versions/{quote(self.version, safe='')}/"


class EnvironmentBuild(Made):
    """One content in one form: a virtual environment of this machine, or an image of an engine. Built once; a retry is the same row."""

    view_permission: ClassVar[Permission] = Permission.ENVIRONMENT_VIEW
    workspace_path: ClassVar[str] = "content__workspace"

    class Form(models.TextChoices):
        VENV = "venv"
        IMAGE = "image"

    class State(models.TextChoices):
        QUEUED = "queued"
        BUILDING = "building"
        READY = "ready"
        FAILED = "failed"
        CANCELED = "canceled"

    FINAL: ClassVar[tuple[str, ...]] = (State.READY, State.FAILED, State.CANCELED)

    content = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="builds")
    form = models.CharField(max_length=10, choices=Form.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveIntegerField(default=1)  # a retry counts one more
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # of the last attempt
    reference = models.CharField(max_length=500, blank=True)  # of the image: repository:tag
    digest = models.CharField(max_length=80, blank=True)  # of the image: sha256:…
    size = models.BigIntegerField(default=0)  # bytes
    packages = models.JSONField(default=list, blank=True)  # [{"name", "version", "licence"}]
    layers = models.JSONField(default=list, blank=True)  # [{"digest", "size", "command"}]
    problem = models.CharField(max_length=1000, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = [models.UniqueConstraint(fields=["content", "form"], name="environment_build_once")]
        indexes = [models.Index(fields=["job"], name="environment_build_job")]  # the handler of the build's job

    def __str__(self) -> str:
        return f"{self.form} of {self.content}"

    @property
    def is_given_up(self) -> bool:
        return self.state in (self.State.FAILED, self.State.CANCELED)

    @property
    def subject(self) -> str:
        return f"environment_build:{self.pk}"
