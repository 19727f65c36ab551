"""Profiles: what is in each column of a version."""

from django.db import models
from django.utils import timezone

from registry.data.assets.models import DataVersion


class DataProfile(models.Model):
    """The profile of one version, made column by column by short tasks; a version never changes, so it is made once."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"

    version = models.OneToOneField(DataVersion, on_delete=models.CASCADE, related_name="profile")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    problem = models.CharField(max_length=1000, blank=True)
    row_count = models.BigIntegerField(null=True, blank=True)
    columns = models.JSONField(default=list, blank=True)  # one mapping a column, in the order of the schema
    correlations = models.JSONField(null=True, blank=True)  # {"columns": [...], "values": [[...]]}
    lease_until = models.DateTimeField(null=True, blank=True)  # of the task that works on it
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "ready", "failed"]), name="data_profile_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"profile of {self.version}"
