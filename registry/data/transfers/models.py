"""Uploads that are under way."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.data.datastores.models import Datastore
from studio.access.models import WorkspaceQuerySet
from studio.access.permissions import Permission


class Upload(models.Model):
    """A file that comes in parts. Its parts lie under its id beside other unfinished files until all are there."""

    view_permission: ClassVar[Permission] = Permission.DATA_VIEW
    workspace_path: ClassVar[str] = "datastore__workspace"

    class State(models.TextChoices):
        OPEN = "open"
        PUBLISHING = "publishing"  # being moved to its place; nobody sees the file before that is done
        DONE = "done"

    id = models.CharField(max_length=32, primary_key=True)  # hexadecimal, the name of its parts' folder
    datastore = models.ForeignKey(Datastore, on_delete=models.CASCADE, related_name="uploads")
    path = models.CharField(max_length=1024)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)  # of the whole file, when the sender knows it beforehand
    part_bytes = models.BigIntegerField()
    is_overwriting = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    problem = models.CharField(max_length=500, blank=True)  # why the last try to publish it did not succeed
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "publishing", "done"]), name="data_upload_state_known"
            ),
        ]
        indexes = [models.Index(fields=["touched_at"], name="data_upload_touched")]  # the janitor

    def __str__(self) -> str:
        return f"{self.path} ({self.id})"
