"""Shapes of import requests and answers."""

from rest_framework import serializers

from runs.tracking.serializers import Anything
from studio.api.fields import Int64, RunId, StrictSerializer, Text


class RunImport(StrictSerializer):
    external_id = Text(max_length=255)
    experiment = Text(max_length=500)
    state = Text(max_length=12, help_text="completed, failed or canceled")
    name = Text(max_length=255, required=False, allow_blank=True, default="")
    parent = RunId(required=False, allow_null=True, default=None)  # type: ignore[assignment]
    started_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    ended_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    description = Text(max_length=20_000, required=False, allow_blank=True, default="")
    command = Text(max_length=20_000, required=False, allow_blank=True, default="")
    git = serializers.DictField(child=Anything(allow_null=True), required=False, default=dict)
    params = serializers.DictField(child=Anything(allow_null=True), required=False, default=dict)
    tags = serializers.DictField(child=Anything(allow_null=True), required=False, default=dict)


class RunImported(serializers.Serializer):  # type: ignore[type-arg]
    id = serializers.CharField()
    is_new = serializers.BooleanField()
    url = serializers.CharField()


class KnownImports(StrictSerializer):
    external_ids = serializers.ListField(child=Text(max_length=255), max_length=1000)


class KnownAnswer(serializers.Serializer):  # type: ignore[type-arg]
    runs = serializers.DictField(child=serializers.CharField(), help_text="external id → run id")


class Announcement(StrictSerializer):
    origin = Text(max_length=300)
    count = Int64(min_value=1, max_value=10**9)
