"""Webhooks as JSON, and the shapes of bodies about them."""

from typing import Any

from rest_framework import serializers

from studio.api.fields import StrictSerializer, Text
from studio.webhooks import events
from studio.webhooks.models import Webhook, WebhookDelivery
from studio.webhooks.services import MAX_SECRET


class NewWebhook(StrictSerializer):
    name = Text(max_length=63)
    url = Text(max_length=500)
    events = serializers.ListField(child=Text(max_length=60), min_length=1, max_length=len(events.EVENTS))
    description = Text(max_length=1000, required=False, allow_blank=True, default="")
    secret = Text(max_length=MAX_SECRET, required=False, allow_blank=True, default="")
    status = serializers.ChoiceField(Webhook.Status.values, default=Webhook.Status.ACTIVE)


class EditWebhook(StrictSerializer):
    name = Text(max_length=63, required=False)
    url = Text(max_length=500, required=False)
    events = serializers.ListField(
        child=Text(max_length=60), min_length=1, max_length=len(events.EVENTS), required=False
    )
    description = Text(max_length=1000, required=False, allow_blank=True)
    secret = Text(max_length=MAX_SECRET, required=False, allow_blank=True)
    status = serializers.ChoiceField(Webhook.Status.values, required=False)


class TestWebhook(StrictSerializer):
    event = Text(max_length=60, required=False, allow_blank=True, default="")


class WebhookAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField()
    description = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    status = serializers.CharField()
    pause_reason = serializers.CharField()
    is_signed = serializers.BooleanField()
    failures_in_a_row = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class AttemptAnswer(serializers.Serializer):
    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True)
    seconds = serializers.FloatField()
    error = serializers.CharField()


class DeliveryAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    key = serializers.CharField()
    event = serializers.CharField()
    state = serializers.ChoiceField(WebhookDelivery.State.values)
    status_code = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    attempts = AttemptAnswer(many=True)
    body = serializers.CharField()
    is_test = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)


class WebhookList(serializers.Serializer):
    results = WebhookAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class DeliveryList(serializers.Serializer):
    results = DeliveryAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


def webhook(row: Webhook) -> dict[str, Any]:
    """A webhook without its secret."""
    return {
        "id": row.pk,
        "name": row.name,
        "url": row.url,
        "description": row.description,
        "events": row.events,
        "status": row.status,
        "pause_reason": row.pause_reason,
        "is_signed": row.is_signed,
        "failures_in_a_row": row.failures_in_a_row,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def delivery(row: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "key": str(row.key),
        "event": row.event,
        "state": row.state,
        "status_code": row.status_code,
        "error": row.error,
        "attempts": row.attempts,
        "body": row.body,
        "is_test": row.is_test,
        "created_at": row.created_at,
        "due_at": row.due_at if row.is_open else None,
    }
