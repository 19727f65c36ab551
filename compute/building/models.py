"""What belongs to a build beside its job: the plan, and what came of it."""

from typing import ClassVar

from django.db import models

from compute.jobs.models import Job
from studio.access.permissions import Permission


class Build(models.Model):
    """The plan of one job. The result is taken once, from the attempt that counts."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW
    workspace_path: ClassVar[str] = "job__workspace"

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="build")
    subject = models.CharField(max_length=100, blank=True)  # what it builds, as its owner calls it: `image_version:12`
    plan = models.JSONField()  # compute.building.plans.Plan
    result = models.JSONField(null=True, blank=True)  # compute.building.results.Result
    problem = models.CharField(max_length=1000, blank=True)  # why it failed, as its program said it
    answered_attempt = models.PositiveIntegerField(default=0)  # the attempt whose result or problem this is
    answered_at = models.DateTimeField(null=True, blank=True)
    # When what it left in the engine was removed; empty while that is still to be done.
    tidied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # compute.building.tidying: builds that have ended and were not looked after
            models.Index(fields=["job"], name="build_untidy", condition=models.Q(tidied_at=None)),
        ]

    def __str__(self) -> str:
        return f"build {self.subject} by job {self.job_id}"
