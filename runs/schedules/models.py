"""Schedules and triggers, and what each firing started."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from runs.pipelines.models import PipelineEndpoint, PipelineVersion
from runs.tracking.models import Run
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Named
from studio.access.permissions import Permission
from studio.ordered_json import OrderedJSONField


class Schedule(Named):
    """When something is run without a person: by the clock, or because something happened."""

    view_permission: ClassVar[Permission] = Permission.SCHEDULE_VIEW
    noun: ClassVar[str] = "schedule"
    pages: ClassVar[str] = "schedules"

    class Kind(models.TextChoices):
        CRON = "cron"
        RECURRENCE = "recurrence"
        DATA = "data"  # a new version of a data asset
        MODEL = "model"  # a new version of a model
        WEBHOOK = "webhook"  # somebody calls its address

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="schedules")
    name = models.CharField(max_length=255)
    description = models.TextField(max_length=20000, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    trigger = models.JSONField(default=dict)  # {"expression"} · {"frequency", "interval", "schedule"} · {"name"} · {}
    watches = models.CharField(max_length=255, blank=True)  # the asset or model of an event, for finding those it wakes
    time_zone = models.CharField(max_length=64, default="UTC")  # an IANA name
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    is_paused = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True, blank=True)  # of those that follow the clock

    # What it runs: a version of a pipeline, a published pipeline, or a document of its own.
    pipeline_version = models.ForeignKey(
        PipelineVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="schedules"
    )
    endpoint = models.ForeignKey(
        PipelineEndpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="schedules"
    )
    document = OrderedJSONField(null=True, blank=True)  # a job file: a pipeline or a command
    inputs = OrderedJSONField(default=dict, blank=True)
    experiment = models.CharField(max_length=500, blank=True)
    token = models.TextField(blank=True)  # of a webhook's address, sealed
    token_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="schedule_name_once")]
        indexes = [
            # the clock: what is due
            models.Index(fields=["next_at"], name="schedule_due", condition=models.Q(is_paused=False)),
            # an event: who listens
            models.Index(fields=["workspace", "kind", "watches"], name="schedule_watching"),
        ]


class Firing(models.Model):
    """One time a schedule was due, or one event it heard of: once, however many clocks there are."""

    view_permission: ClassVar[Permission] = Permission.SCHEDULE_VIEW
    workspace_path: ClassVar[str] = "schedule__workspace"

    class State(models.TextChoices):
        PENDING = "pending"
        STARTED = "started"
        FAILED = "failed"  # `problem` says why no run was made
        SKIPPED = "skipped"  # too late, or paused meanwhile

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="firings")
    key = models.CharField(max_length=120)  # the due time, or what happened
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    inputs = OrderedJSONField(default=dict, blank=True)  # what the event adds
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    problem = models.CharField(max_length=1000, blank=True)
    is_backfill = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-due_at", "-id")
        constraints = [models.UniqueConstraint(fields=["schedule", "key"], name="firing_once")]
        indexes = [
            # the page of a schedule and the list's last firings: the newest of many
            models.Index(fields=["schedule", "-due_at", "-id"], name="firing_newest"),
            # what was put down and not started, by whichever process died
            models.Index(fields=["created_at"], name="firing_pending", condition=models.Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id}@{self.key}"
