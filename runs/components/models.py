"""Components that people register; the studio's own are declared by the SDK and have no rows."""

from typing import ClassVar
from urllib.parse import quote

from django.db import models

from runs.tracking.models import Snapshot
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made, Named
from studio.access.permissions import Permission
from studio.ordered_json import OrderedJSONField


class Component(Named):
    """A name under which versions of one component are kept."""

    view_permission: ClassVar[Permission] = Permission.COMPONENT_VIEW
    noun: ClassVar[str] = "component"
    pages: ClassVar[str] = "components"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="components")
    name = models.CharField(max_length=255)  # lower case, digits, underscores
    description = models.TextField(max_length=20000, blank=True)
    tags = models.JSONField(default=dict, blank=True)
    version_count = models.PositiveIntegerField(default=0)  # ever made: the next version's number is one more
    is_archived = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="component_name_once")]


class ComponentVersion(Made):
    """One version: its declaration never changes; it may be archived or deleted."""

    view_permission: ClassVar[Permission] = Permission.COMPONENT_VIEW
    workspace_path: ClassVar[str] = "component__workspace"

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    version = models.CharField(max_length=60)
    type = models.CharField(max_length=20)  # "command" or "pipeline"
    definition = OrderedJSONField()  # the normalised component file
    text = models.TextField(blank=True)  # the file as it was sent
    snapshot = models.ForeignKey(Snapshot, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)  # of everything that decides what it does: a part of the key of reuse
    is_archived = models.BooleanField(default=False)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["component", "version"], name="component_version_once"),
            models.UniqueConstraint(fields=["component", "number"], name="component_number_once"),
            models.CheckConstraint(condition=models.Q(type__in=["command", "pipeline"]), name="component_type_known"),
        ]

    def __str__(self) -> str:
        return f"{self.component.name}:{self.version}"

    @property
    def reference(self) -> str:
        """What a pipeline file says: `azureml:train:3`."""
        return f"azureml:{self.component.name}:{self.version}"

    def get_absolute_url(self) -> str:
        return f"{self.component.get_absolute_url()}versions/{quote(self.version, safe='')}/"
