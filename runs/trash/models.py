"""Receipts of what was removed for good. They outlive what they tell about."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.permissions import Permission


class Purge(models.Model):
    """One removal for good and its receipt: what was asked, how far it is, what went and what stayed.

    All it needs to go on after a kill is in this row and in the marks on what it removes (`Run.purge_number`,
    `Blob.released_for`), so any worker can take it up.
    """

    view_permission: ClassVar[Permission] = Permission.STORAGE_VIEW

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"

    class Cause(models.TextChoices):
        HAND = "hand"
        RETENTION = "retention"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="purges")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    scope = models.JSONField(default=dict)  # runs.trash.scopes.Scope: what of the trash is meant
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    fence = models.PositiveIntegerField(default=0)  # grows with each worker that takes it up: an older one is refused
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    run_total = models.PositiveIntegerField(default=0)  # found so far; final once everything is marked
    run_count = models.PositiveIntegerField(default=0)  # removed
    experiment_count = models.PositiveIntegerField(default=0)
    object_count = models.PositiveIntegerField(default=0)  # stored files removed
    bytes_freed = models.BigIntegerField(default=0)  # of those files, once they were really gone
    log_bytes = models.BigIntegerField(default=0)
    point_count = models.BigIntegerField(default=0)
    rows = models.JSONField(default=dict)  # kind of row → how many went
    kept = models.JSONField(default=list)  # [{kind, label, count, bytes, why}]
    problem = models.CharField(max_length=1000, blank=True)  # what could not be removed yet, in words

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["workspace", "-id"], name="purge_list"),  # the storage page and its receipts
            models.Index(fields=["state"], name="purge_open", condition=~models.Q(state="done")),  # the beat task
        ]
        constraints = [
            # two workers that notice at once that something is over its time
            models.UniqueConstraint(
                fields=["workspace"],
                name="purge_retention_once",
                condition=models.Q(cause="retention") & ~models.Q(state="done"),
            ),
        ]

    def __str__(self) -> str:
        return f"receipt {self.pk}"

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE

    @property
    def subject(self) -> str:
        """What activities, events and released blobs call this purge."""
        return f"purge:{self.pk}"

    def get_absolute_url(self) -> str:
        return f"/w/{self.workspace.slug}/storage/receipts/{self.pk}/"


class PurgedRun(models.Model):
    """One line of a receipt: a run that is gone."""

    purge = models.ForeignKey(Purge, on_delete=models.CASCADE, related_name="runs")
    run_id = models.CharField(max_length=12)
    name = models.CharField(max_length=255)
    experiment = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    file_count = models.PositiveIntegerField(default=0)
    file_bytes = models.BigIntegerField(default=0)  # as the run listed them, whether others share them or not

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["purge", "run_id"], name="purged_run_once")]
        indexes = [models.Index(fields=["run_id"], name="purged_run_id")]  # the address of a run that is gone

    def __str__(self) -> str:
        return self.name
