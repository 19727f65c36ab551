"""Workspaces, who belongs to them, and the queryset every workspace-owned model answers access questions with."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from studio.access.permissions import Permission, roles_with


class WorkspaceQuerySet(models.QuerySet):  # django-stubs: the generic part is Self's
    """Rows that belong to a workspace through `model.workspace_path`."""

    def for_user(self, user: Any, permission: Permission) -> Self:
        """The rows on which `user` holds `permission`; none for a visitor."""
        if user is None or not getattr(user, "is_authenticated", False) or not getattr(user, "is_active", False):
            return self.none()
        path = getattr(self.model, "workspace_path", "workspace")
        memberships = Membership.objects.filter(user=user, role__in=roles_with(permission))
        return self.filter(**{f"{path}__in": memberships.values("workspace")})

    def in_workspace(self, workspace: "Workspace") -> Self:
        return self.filter(**{getattr(self.model, "workspace_path", "workspace"): workspace})


class WorkspaceRowsQuerySet(WorkspaceQuerySet):
    """Workspaces themselves: the row is its own workspace."""

    def for_user(self, user: Any, permission: Permission) -> Self:
        if user is None or not getattr(user, "is_authenticated", False) or not getattr(user, "is_active", False):
            return self.none()
        memberships = Membership.objects.filter(user=user, role__in=roles_with(permission))
        return self.filter(pk__in=memberships.values("workspace"))


class Workspace(models.Model):
    """A place shared by people with roles; nothing in it is seen from outside."""

    view_permission: ClassVar[Permission] = Permission.WORKSPACE_VIEW

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(max_length=4000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceRowsQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner"
    CONTRIBUTOR = "contributor"
    READER = "reader"


class Membership(models.Model):
    """One person's role in one workspace."""

    view_permission: ClassVar[Permission] = Permission.MEMBER_VIEW

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("user__email",)
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}: {self.role}"


class Invitation(models.Model):
    """A link that lets one person join; only the hash of its secret is kept."""

    view_permission: ClassVar[Permission] = Permission.MEMBER_MANAGE

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=20, choices=Role.choices)
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = [models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role_known")]

    def __str__(self) -> str:
        return f"{self.email} to {self.workspace}"
