"""Notifications as REST shows them, and what can be said about them."""

from typing import Any

from rest_framework import serializers

from studio.api.fields import Int64, StrictSerializer
from studio.notifications.models import Notification


class MarkRead(StrictSerializer):
    ids = serializers.ListField(child=Int64(min_value=1), required=False, allow_null=True, max_length=500)


def show_notification(notification: Notification) -> dict[str, Any]:
    return {
        "id": notification.pk,
        "workspace": notification.workspace.slug,
        "level": notification.level,
        "text": notification.text,
        "url": notification.url,
        "created_at": notification.created_at,
        "read_at": notification.read_at,
    }
