"""What a person is told: one row a person and matter."""

from django.conf import settings
from django.db import models

from studio.access.models import Workspace


class Notification(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    level = models.CharField(max_length=10, default="info")  # info, success, warning, danger
    text = models.CharField(max_length=500)
    url = models.CharField(max_length=500, blank=True)
    # The same matter is told once, however often a task runs: "run:k3v9x2m7qabc:completed".
    matter = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["user", "matter"], name="notification_once")]

    def __str__(self) -> str:
        return self.text
