"""Places where jobs run."""

from typing import ClassVar, Self

from django.db import models

from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.permissions import Permission


class TargetQuerySet(WorkspaceQuerySet):
    """A target without a workspace is shared by every workspace of the installation."""

    def for_user(self, user: "models.Model | None", permission: Permission) -> Self:
        own = super().for_user(user, permission)
        if user is None or not getattr(user, "is_authenticated", False) or not getattr(user, "is_active", False):
            return own
        # What all workspaces share is changed by the installation's administrator, not by the owner of one of them.
        may = permission is Permission.COMPUTE_VIEW or (
            permission is Permission.COMPUTE_MANAGE and getattr(user, "is_superuser", False)
        )
        return own | self.filter(workspace=None) if may else own

    def in_workspace(self, workspace: Workspace) -> Self:
        return self.filter(models.Q(workspace=workspace) | models.Q(workspace=None))


class ComputeTarget(models.Model):
    """A named place with a number of slots. `kind` names a backend of `compute.backends`."""

    view_permission: ClassVar[Permission] = Permission.COMPUTE_VIEW

    workspace = models.ForeignKey(Workspace, null=True, blank=True, on_delete=models.CASCADE, related_name="targets")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    slots = models.PositiveIntegerField(default=1)
    settings = models.JSONField(default=dict, blank=True)
    is_paused = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="target_name_once"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(workspace=None), name="shared_target_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.workspace_id is None
