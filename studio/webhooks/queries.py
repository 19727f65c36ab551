"""Reads about webhooks and their log."""

from datetime import timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from studio.access.models import Workspace
from studio.webhooks.models import Webhook, WebhookDelivery

RECENT = timedelta(days=7)


def listing(workspace: Workspace) -> "QuerySet[Webhook]":
    """The workspace's webhooks, newest first."""
    return Webhook.objects.filter(workspace=workspace).order_by("-created_at", "-id")


def with_counts(rows: "QuerySet[Webhook]") -> "QuerySet[Webhook]":
    """Webhooks with what became of the last week's messages: `sent`, `failed`, `last_at`."""
    recent = Q(deliveries__created_at__gte=timezone.now() - RECENT)
    return rows.annotate(
        sent=Count("deliveries", filter=recent & Q(deliveries__state=WebhookDelivery.State.DELIVERED)),
        failed=Count("deliveries", filter=recent & Q(deliveries__state=WebhookDelivery.State.FAILED)),
        last_at=Max("deliveries__created_at"),
    )


def deliveries(webhook: Webhook) -> "QuerySet[WebhookDelivery]":
    """The log, newest first."""
    return WebhookDelivery.objects.filter(webhook=webhook).order_by("-id")
