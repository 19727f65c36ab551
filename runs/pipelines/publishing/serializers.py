"""Shapes of bodies about published pipelines."""

from rest_framework import serializers

from runs.pipelines.drafts import names
from runs.pipelines.drafts.serializers import LastRunAnswer
from studio.api.fields import AnyTable, AnyValue, Int64, Name, StrictBoolean, StrictSerializer, Text

NUMBER = {"min_value": 1, "max_value": 2**31 - 1}


class PublishedVersion(StrictSerializer):
    """A version of a pipeline; without a number, the draft is kept as one."""

    pipeline = Int64(**NUMBER)
    version = Int64(**NUMBER, required=False, allow_null=True, default=None)
    is_default = StrictBoolean(required=False, default=True)


class PublishPipeline(PublishedVersion):
    name = Name(max_length=names.MAX_NAME)
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True, default="")


class EditPipelineEndpoint(StrictSerializer):
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True)
    is_enabled = StrictBoolean(required=False)
    default_version = Int64(**NUMBER, required=False)


class EditPipelineEndpointVersion(StrictSerializer):
    is_enabled = StrictBoolean()


class InvokePipeline(StrictSerializer):
    inputs = AnyTable(required=False, default=dict)
    experiment = Text(max_length=500, required=False, allow_blank=True, default="")
    name = Name(max_length=255, required=False, allow_blank=True, default="")
    version = Int64(**NUMBER, required=False, allow_null=True, default=None)


class PipelineParameterAnswer(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    default = AnyValue()
    is_needed = serializers.BooleanField()
    description = serializers.CharField(allow_blank=True)
    rule = serializers.CharField(allow_blank=True)


class PipelineEndpointAnswer(serializers.Serializer):
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    is_enabled = serializers.BooleanField()
    default_version = serializers.IntegerField()
    versions = serializers.IntegerField()
    parameters = PipelineParameterAnswer(many=True)
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    url = serializers.CharField()


class PipelineEndpointList(serializers.Serializer):
    results = PipelineEndpointAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class PipelineEndpointVersionAnswer(serializers.Serializer):
    number = serializers.IntegerField()
    is_default = serializers.BooleanField()
    is_enabled = serializers.BooleanField()
    pipeline = serializers.IntegerField(allow_null=True)
    pipeline_version = serializers.IntegerField(allow_null=True)
    parameters = PipelineParameterAnswer(many=True)
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class PipelineEndpointVersionList(serializers.Serializer):
    results = PipelineEndpointVersionAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class PipelineCallAnswer(LastRunAnswer):
    inputs = AnyTable()
    origin = serializers.CharField()


class PipelineCallList(serializers.Serializer):
    results = PipelineCallAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
