"""Devices, the modules they shall run, and what they reported."""

from typing import ClassVar
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.images.models import ImageVersion
from studio.access.models import Workspace
from studio.access.named import Made, NamedQuerySet
from studio.access.permissions import Permission


class EdgeDevice(Made):
    """A machine with an agent. It is enrolled by a one-time code; afterwards it is known by its own token."""

    view_permission: ClassVar[Permission] = Permission.DEVICE_VIEW

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="edge_devices")
    name = models.CharField(max_length=64)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of the code; empty once it was used
    code_expires_at = models.DateTimeField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    enrolled_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    is_online = models.BooleanField(default=False)  # as it was last told; `queries.is_online` says how it is now
    facts = models.JSONField(default=dict, blank=True)  # {"os", "architecture", "agent", "engine", "cpus", "memory"}
    revision = models.PositiveIntegerField(default=1)  # of what it shall run; grows with each change
    reported_revision = models.PositiveIntegerField(default=0)
    # module → {"state", "image", "version", "generation", "since", "restarts", "problem"}
    reported = models.JSONField(default=dict, blank=True)
    telemetry = models.JSONField(default=dict, blank=True)  # the last figures: {"cpu", "memory", "disk", "modules"}

    objects = NamedQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="edge_device_name_once")]
        indexes = [
            models.Index(fields=["code_hash"], name="edge_device_code"),  # a device enrols by its code alone
            models.Index(fields=["is_online", "seen_at"], name="edge_device_silent"),  # who has fallen silent
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """What events and notifications call it."""
        return f"edge_device:{self.pk}"

    def get_absolute_url(self) -> str:
        return f"/w/{self.workspace.slug}/devices/{quote(self.name, safe='')}/"


class EdgeModule(models.Model):
    """An image that a device shall run, under a name of its own there."""

    device = models.ForeignKey(EdgeDevice, on_delete=models.CASCADE, related_name="modules")
    name = models.CharField(max_length=64)
    image_version = models.ForeignKey(ImageVersion, on_delete=models.PROTECT, related_name="edge_modules")
    previous = models.ForeignKey(ImageVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # {"environment_variables", "port", "address", "cpus", "memory", "restart": "always" | "on-failure" | "never"}
    options = models.JSONField(default=dict, blank=True)
    previous_options = models.JSONField(default=dict, blank=True)
    generation = models.PositiveIntegerField(default=1)  # grows when it shall be started anew, whatever else stays
    is_stopped = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["device", "name"], name="edge_module_name_once")]

    def __str__(self) -> str:
        return f"{self.device}/{self.name}"


class EdgeEvent(models.Model):
    """What happened on a device, as its page tells it."""

    device = models.ForeignKey(EdgeDevice, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    module = models.CharField(max_length=64, blank=True)
    detail = models.CharField(max_length=1000, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"
