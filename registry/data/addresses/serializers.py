"""Shapes of requests and answers about address rules."""

from typing import Any

from rest_framework import serializers

from registry.data.addresses.models import AddressRule
from studio.api.fields import StrictSerializer, Text


class NewRule(StrictSerializer):
    prefix = Text(max_length=500)
    datastore = Text(max_length=120)
    path = Text(max_length=1024, required=False, allow_blank=True)
    note = Text(max_length=500, required=False, allow_blank=True)


class RuleAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    prefix = serializers.CharField()
    datastore = serializers.CharField()
    path = serializers.CharField()
    note = serializers.CharField()
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class RuleList(serializers.Serializer):
    results = RuleAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class AddressAnswer(serializers.Serializer):
    uri = serializers.CharField()
    is_covered = serializers.BooleanField()


def rule(row: AddressRule) -> dict[str, Any]:
    names = ("id", "prefix", "datastore", "path", "note", "created_at")
    return {
        **{name: getattr(row, name) for name in names},
        "created_by": row.created_by.email if row.created_by else None,
    }
