"""Views of the runs table that people keep, and changes of many runs that take a while."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from runs.tracking.models import Experiment
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.permissions import Permission
from studio.identifiers import new_run_id


class SavedView(models.Model):
    """A whole page kept under a short id: filter, order, grouping, columns, charts (`runs.grid.state`)."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW

    class Scope(models.TextChoices):
        PERSONAL = "personal"  # its owner's
        TEAM = "team"  # in everybody's menu
        LINK = "link"  # in nobody's menu: a state too long for an address, found by its id

    id = models.CharField(primary_key=True, max_length=12, default=new_run_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="saved_views")
    # Where it was made; null: the table of all runs. It can be opened on any other.
    experiment = models.ForeignKey(Experiment, null=True, blank=True, on_delete=models.CASCADE, related_name="views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.PERSONAL)
    is_default = models.BooleanField(default=False)
    state = models.JSONField()
    digest = models.CharField(max_length=64, blank=True)  # of a link's state: the same state is kept once
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        indexes = [
            models.Index(fields=["workspace", "scope"], name="saved_view_menu"),  # the menu of views
            models.Index(fields=["workspace", "digest"], name="saved_view_link", condition=~Q(digest="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["experiment"], condition=Q(is_default=True), name="saved_view_default_once"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(scope="team", experiment__isnull=False),
                name="saved_view_default_team",
            ),
            models.CheckConstraint(condition=Q(scope__in=["personal", "team", "link"]), name="saved_view_scope_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.pk


class BulkChange(models.Model):
    """One change of many runs, done in portions by whoever holds the lease. Its runs were found when it was asked for."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=20)
    values = models.JSONField(default=dict)  # tags, or the experiment runs are moved to
    run_ids = models.JSONField()
    done = models.IntegerField(default=0)  # how many of the ids have been seen to
    changed = models.IntegerField(default=0)
    refused = models.JSONField(default=list)  # [{id, reason}], the first few hundred
    refused_count = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["id"], name="bulk_change_open", condition=Q(ended_at=None)),  # taken up each minute
        ]

    def __str__(self) -> str:
        return f"{self.action} {len(self.run_ids)}"

    @property
    def subject(self) -> str:
        """What its activity is about."""
        return f"bulk:{self.pk}"
