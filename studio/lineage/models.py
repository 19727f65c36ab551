"""Edges between things of any app, named by kind and id: no foreign key points upward."""

from typing import ClassVar

from django.db import models

from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.permissions import Permission


class LineageEdge(models.Model):
    """One thing came from another: `run:k3v9…` —registered→ `model_version:12`."""

    view_permission: ClassVar[Permission] = Permission.WORKSPACE_VIEW

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    source_kind = models.CharField(max_length=40)
    source_id = models.CharField(max_length=255)
    target_kind = models.CharField(max_length=40)
    target_id = models.CharField(max_length=255)
    verb = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = [
            # studio.lineage.queries.up: where did this come from
            models.Index(fields=["workspace", "target_kind", "target_id"], name="lineage_up"),
        ]
        constraints = [
            # also serves studio.lineage.queries.down
            models.UniqueConstraint(
                fields=["workspace", "source_kind", "source_id", "target_kind", "target_id", "verb"],
                name="lineage_edge_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_kind}:{self.source_id} {self.verb} {self.target_kind}:{self.target_id}"
