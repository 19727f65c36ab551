"""Who wants to be told, and what was told when."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made
from studio.access.permissions import Permission


class Webhook(Made):
    """An address that is told of the events it chose."""

    view_permission: ClassVar[Permission] = Permission.WEBHOOK_MANAGE

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE"
        DISABLED = "DISABLED"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=63)
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=1000, blank=True)
    events = models.JSONField()  # names out of studio.webhooks.events
    secret = models.TextField(blank=True)  # sealed; empty: requests are not signed
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    pause_reason = models.CharField(max_length=300, blank=True)  # why the studio itself disabled it
    failures_in_a_row = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def is_signed(self) -> bool:
        return bool(self.secret)


class WebhookDelivery(models.Model):
    """One message to one webhook, with what came of each attempt."""

    view_permission: ClassVar[Permission] = Permission.WEBHOOK_MANAGE
    workspace_path: ClassVar[str] = "webhook__workspace"

    class State(models.TextChoices):
        PENDING = "pending"  # to be sent at `due_at`
        SENDING = "sending"  # a worker has it until `due_at`
        DELIVERED = "delivered"
        FAILED = "failed"

    OPEN: ClassVar[tuple[str, ...]] = (State.PENDING, State.SENDING)

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    key = models.UUIDField(unique=True)  # what the receiver is told; the same for every attempt
    event = models.CharField(max_length=60)
    body = models.TextField()  # the JSON text as it is sent and signed
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.JSONField(default=list)  # [{at, status, seconds, error}], oldest first
    status_code = models.PositiveIntegerField(null=True, blank=True)  # of the last attempt
    error = models.CharField(max_length=300, blank=True)
    is_test = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            # swept by studio.webhooks.tasks.deliver_due
            models.Index(
                fields=["due_at"], name="webhook_delivery_due", condition=models.Q(state__in=["pending", "sending"])
            ),
            models.Index(fields=["created_at"], name="webhook_delivery_age"),  # forgotten by forget_old
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook_id}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
