"""Long-running operations and the feed of what happened."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.permissions import Permission
from studio.activity import verbs


class Activity(models.Model):
    """One long operation (a run, an environment build, an upload …) with state, progress, actor and link."""

    view_permission: ClassVar[Permission] = Permission.ACTIVITY_VIEW

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELED = "canceled"

    FINAL: ClassVar[frozenset[str]] = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELED})

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="activities")
    kind = models.CharField(max_length=40)  # "run", "environment-build", "upload" …
    subject = models.CharField(max_length=80)  # "run:k3v9x2m7qabc": what it is about, unique among open operations
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    progress = models.FloatField(null=True, blank=True)  # 0…1, null while unknown
    message = models.CharField(max_length=1000, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="activity_feed"),  # activity page and tray
            models.Index(fields=["subject"], name="activity_subject"),  # services that report progress
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        return self.state in self.FINAL


class Event(models.Model):
    """One line of the feed: who did what to what. Written in the transaction of the change itself."""

    view_permission: ClassVar[Permission] = Permission.ACTIVITY_VIEW

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="events")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=60)  # "run.submitted", "member.role_changed" …
    subject = models.CharField(max_length=80)
    label = models.CharField(max_length=300)
    url = models.CharField(max_length=500, blank=True)
    detail = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["workspace", "-id"], name="event_feed")]  # Home and the activity page

    def __str__(self) -> str:
        return f"{self.verb} {self.label}"

    @property
    def verb_words(self) -> str:
        return verbs.words(self.verb)
