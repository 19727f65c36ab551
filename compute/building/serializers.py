"""Shapes of what a build's program asks and answers."""

from rest_framework import serializers

from compute.jobs.serializers import Attempt
from studio.api.fields import Int64, StrictBoolean, StrictSerializer, Text

MOST_LAYERS = 500
MOST_PACKAGES = 5_000
MOST_STAGES = 50


class LayerSerializer(StrictSerializer):
    digest = Text(max_length=100, allow_blank=True)
    size = Int64(min_value=0)
    command = Text(max_length=2_000, allow_blank=True)


class PackageSerializer(StrictSerializer):
    name = Text(max_length=200)
    version = Text(max_length=200, allow_blank=True)
    licence = Text(max_length=300, required=False, allow_blank=True, default="")


class MadeStageSerializer(StrictSerializer):
    name = Text(max_length=100)
    tag = Text(max_length=500, allow_blank=True)
    reused = StrictBoolean()
    seconds = serializers.FloatField(min_value=0, max_value=1e9)
    size = Int64(min_value=0)


class ImageSerializer(StrictSerializer):
    reference = Text(max_length=500)
    digest = Text(max_length=80)
    image_id = Text(max_length=80)
    size = Int64(min_value=0)
    layers = serializers.ListField(child=LayerSerializer(), required=False, max_length=MOST_LAYERS)
    packages = serializers.ListField(child=PackageSerializer(), required=False, max_length=MOST_PACKAGES)
    stages = serializers.ListField(child=MadeStageSerializer(), required=False, max_length=MOST_STAGES)
    sbom = serializers.DictField(required=False, allow_null=True, default=None)
    facts = serializers.DictField(required=False, default=dict)


class ResultSerializer(StrictSerializer):
    """Either what was made or why it could not be."""

    attempt = Attempt()
    image = ImageSerializer(required=False, allow_null=True, default=None)
    problem = Text(max_length=20_000, required=False, allow_blank=True, default="")


class ResultAnswer(serializers.Serializer):
    state = serializers.CharField()


class BuildAnswer(serializers.Serializer):
    plan = serializers.DictField()
    credentials = serializers.DictField(allow_null=True)
    machine = serializers.DictField()
