"""Dataflows: recipes that clean data, by version."""

from typing import ClassVar

from django.db import models

from registry.data.assets.models import DataVersion
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made, Named
from studio.access.permissions import Permission


class Dataflow(Named):
    """A recipe by its name. `draft` is what somebody works on; a saved version never changes."""

    view_permission: ClassVar[Permission] = Permission.DATA_VIEW
    noun: ClassVar[str] = "dataflow"
    pages: ClassVar[str] = "data/flows"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="dataflows")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    last_number = models.PositiveIntegerField(default=0)
    draft = models.JSONField(default=dict, blank=True)  # {"source": "azureml:cars:1", "steps": [...]}
    draft_stamp = models.PositiveIntegerField(default=0)  # counts changes of the draft: an older page can't overwrite
    is_archived = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="dataflow_name_once")]


class DataflowVersion(Made):
    """One saved recipe: its source and its steps, as the package people install reads them (`atelier.dataflow`)."""

    view_permission: ClassVar[Permission] = Permission.DATA_VIEW
    workspace_path: ClassVar[str] = "flow__workspace"

    flow = models.ForeignKey(Dataflow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    recipe = models.JSONField()  # {"source": "azureml:cars:1", "steps": [...]}
    source = models.ForeignKey(DataVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["flow", "number"], name="dataflow_version_once")]

    def __str__(self) -> str:
        return f"{self.flow}:{self.number}"

    @property
    def subject(self) -> str:
        return f"dataflow_version:{self.pk}"
