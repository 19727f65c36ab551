"""What a run's interpreter must hold, kept once per content."""

from typing import ClassVar

from django.db import models

from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.permissions import Permission


class Environment(models.Model):
    """A normalised definition; equal ones have the same digest and are built once a machine."""

    view_permission: ClassVar[Permission] = Permission.ENVIRONMENT_VIEW

    class Kind(models.TextChoices):
        CURRENT = "current"
        PYTHON = "python"
        REQUIREMENTS = "requirements"
        CONDA = "conda"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="environments")
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    definition = models.JSONField()  # registry.environments.definitions.Definition as JSON
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="environment_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"
