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


class RunImported(serializers.Serializer):
    id = serializers.CharField()
    is_new = serializers.BooleanField()
    url = serializers.CharField()


class ExperimentImport(StrictSerializer):
    name = Text(max_length=500)
    description = Text(max_length=4000, required=False, allow_blank=True, default="")
    tags = serializers.DictField(child=Anything(allow_null=True), required=False, default=dict)


class ExperimentImported(serializers.Serializer):
    id = serializers.IntegerField()
    path = serializers.CharField()


class Texts(serializers.DictField):
    child = Text(max_length=100_000, allow_blank=True)


class LoggedModelImport(StrictSerializer):
    external_id = Text(max_length=255)
    experiment = Text(max_length=500)
    name = Text(max_length=500)
    run = RunId(required=False, allow_null=True, default=None)
    model_type = Text(max_length=500, required=False, allow_blank=True, default="")
    status = Text(max_length=8, required=False, default="READY", help_text="READY or FAILED")
    params = Texts(required=False, default=dict)
    tags = Texts(required=False, default=dict)
    created_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class LoggedModelImported(serializers.Serializer):
    id = serializers.CharField()
    is_new = serializers.BooleanField()
    files = serializers.DictField(child=serializers.IntegerField(), help_text="path → size of what is here")


class ModelImport(StrictSerializer):
    external_id = Text(max_length=500)
    name = Text(max_length=255)
    description = Text(max_length=100_000, required=False, allow_blank=True, default="")
    tags = Texts(required=False, default=dict)


class ModelImported(serializers.Serializer):
    name = serializers.CharField()
    url = serializers.CharField()


class VersionImport(StrictSerializer):
    external_id = Text(max_length=500)
    number = Int64(min_value=1, max_value=2**31 - 1)
    source = Text(max_length=2048, required=False, allow_blank=True, default="")  # type: ignore[assignment]
    run_id = Text(max_length=255, required=False, allow_blank=True, default="")
    description = Text(max_length=100_000, required=False, allow_blank=True, default="")
    stage = Text(max_length=20, required=False, allow_blank=True, default="")
    tags = Texts(required=False, default=dict)
    aliases = serializers.ListField(child=Text(max_length=255), required=False, max_length=1000, default=list)
    created_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class VersionImported(serializers.Serializer):
    model = serializers.CharField()
    version = serializers.IntegerField()
    is_new = serializers.BooleanField()
    files = serializers.DictField(child=serializers.IntegerField(), help_text="path → size of what is here")


class FileImported(serializers.Serializer):
    path = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class KnownImports(StrictSerializer):
    external_ids = serializers.ListField(child=Text(max_length=500), max_length=1000)


class KnownAnswer(serializers.Serializer):
    runs = serializers.DictField(child=serializers.CharField(), help_text="external id → run id")
    logged_models = serializers.DictField(child=serializers.CharField(), help_text="external id → logged model's id")
    versions = serializers.DictField(child=serializers.CharField(), help_text="external id → `model/number`")


class Announcement(StrictSerializer):
    origin = Text(max_length=300)
    count = Int64(min_value=1, max_value=10**9)
