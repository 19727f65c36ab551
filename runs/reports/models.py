"""A report and the versions it went through."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made
from studio.access.permissions import Permission
from studio.identifiers import new_run_id

MAX_BODY = 200_000


class Report(Made):
    """A page people write. A draft is seen by those who may write reports, a published one by every member."""

    view_permission: ClassVar[Permission] = Permission.REPORT_VIEW

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"

    id = models.CharField(primary_key=True, max_length=12, default=new_run_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="reports")
    title = models.CharField(max_length=255)
    body = models.TextField(max_length=MAX_BODY, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    version = models.IntegerField(default=1)  # counts the saves: who saves says which one they had before them
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-updated_at", "-id")
        indexes = [models.Index(fields=["workspace", "-updated_at", "-id"], name="report_list")]  # the list's page

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    def get_absolute_url(self) -> str:
        return f"/w/{self.workspace.slug}/reports/{self.pk}/"


class ReportRevision(models.Model):
    """What a report said before a save."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="revisions")
    version = models.IntegerField()
    title = models.CharField(max_length=255)
    body = models.TextField(max_length=MAX_BODY, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-version",)
        constraints = [models.UniqueConstraint(fields=["report", "version"], name="report_revision_once")]

    def __str__(self) -> str:
        return f"{self.report_id} v{self.version}"
