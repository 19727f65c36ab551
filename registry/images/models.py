"""Images: named, counted, made of model versions, a scoring script and an environment."""

from typing import ClassVar

from django.db import models

from compute.jobs.models import Job
from registry.environments.models import Environment, EnvironmentVersion
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made, Named
from studio.access.permissions import Permission
from studio.secrets.models import Connection
from studio.storage.models import Blob


class Image(Named):
    """A name under which versions are counted; the repository's name in the OCI registry is `<workspace>/<name>`."""

    view_permission: ClassVar[Permission] = Permission.IMAGE_VIEW
    noun: ClassVar[str] = "image"
    pages: ClassVar[str] = "images"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="images")
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="image_name_once")]
        indexes = [models.Index(fields=["workspace", "-updated_at"], name="image_recent")]  # the list


class ImageVersion(Made):
    """One built image. The same inputs (`content_hash`) build nothing: they find the version that is there or on its way."""

    view_permission: ClassVar[Permission] = Permission.IMAGE_VIEW
    workspace_path: ClassVar[str] = "image__workspace"

    class Type(models.TextChoices):
        DOCKER = "docker", "Docker"
        ONNX = "onnx", "ONNX"  # its models converted, served by onnxruntime

    class State(models.TextChoices):
        QUEUED = "queued"
        BUILDING = "building"
        READY = "ready"
        FAILED = "failed"
        CANCELED = "canceled"

    FINAL: ClassVar[tuple[str, ...]] = (State.READY, State.FAILED, State.CANCELED)

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    type = models.CharField(max_length=10, choices=Type.choices, default=Type.DOCKER)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveIntegerField(default=1)  # a retry counts one more
    content_hash = models.CharField(max_length=64)  # SHA-256 over models' files, script, environment, base, type
    model_versions = models.ManyToManyField(ModelVersion, through="ImageModel", related_name="image_versions")
    environment = models.ForeignKey(Environment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    environment_version = models.ForeignKey(
        EnvironmentVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="images"
    )
    code = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # a zip
    scoring_script = models.CharField(max_length=300, blank=True)  # its path in the zip; empty: a model that needs none
    base = models.CharField(max_length=300, blank=True)  # the base image as it was asked for
    # Where it was pushed: the studio's own registry, or the one of a connection; `reference` is empty until then.
    connection = models.ForeignKey(Connection, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=500, blank=True)  # host/repository:tag, as an engine pulls it
    digest = models.CharField(max_length=80, blank=True)  # sha256:…
    size = models.BigIntegerField(default=0)  # bytes
    layers = models.JSONField(default=list, blank=True)  # [{"digest", "size", "command"}]
    packages = models.JSONField(default=list, blank=True)  # [{"name", "version", "licence"}]
    sbom = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # CycloneDX JSON
    facts = models.JSONField(
        default=dict, blank=True
    )  # {"architecture", "conversion": {"compared", "largest_difference"}}
    tags = models.JSONField(default=dict, blank=True)
    description = models.TextField(blank=True)
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # of the last attempt
    problem = models.CharField(max_length=1000, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["image", "number"], name="image_version_number_once"),
            models.UniqueConstraint(
                fields=["image", "content_hash"],
                condition=models.Q(state__in=["queued", "building", "ready"]),
                name="image_version_content_once",
            ),
        ]
        indexes = [models.Index(fields=["job"], name="image_version_job")]  # the handler of the build's job

    def __str__(self) -> str:
        return f"{self.image}:{self.number}"

    @property
    def subject(self) -> str:
        return f"image_version:{self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.state in self.FINAL

    def get_absolute_url(self) -> str:
        return f"{self.image.get_absolute_url()}versions/{self.number}/"


class ImageModel(models.Model):
    """A model version in an image; it can't be deleted while the image is there."""

    version = models.ForeignKey(ImageVersion, on_delete=models.CASCADE, related_name="image_models")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="in_images")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["version", "model_version"], name="image_model_once")]

    def __str__(self) -> str:
        return f"{self.model_version} in {self.version}"


class ImageTag(models.Model):
    """A word that leads to one version of an image, and may be set to another: `stable`."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="words")
    name = models.CharField(max_length=100)
    version = models.ForeignKey(ImageVersion, on_delete=models.CASCADE, related_name="words")

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["image", "name"], name="image_tag_once")]

    def __str__(self) -> str:
        return self.name
