"""Shapes of what a pipeline's run left."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from studio.api.fields import AnyTable, AnyValue

WITH = OpenApiParameter("with", str, required=True, description="the id of the other run")


class OutputFile(serializers.Serializer):
    path = serializers.CharField()
    size = serializers.IntegerField()


class OutputRound(serializers.Serializer):
    name = serializers.CharField()
    step = serializers.CharField()
    uri = serializers.CharField()


class StepOutput(serializers.Serializer):
    """`kind`: value, table, evaluation, view, rounds, files or gone. `rounds`: what a loop over parts gathered, part by part."""

    kind = serializers.CharField()
    type = serializers.CharField()
    uri = serializers.CharField()
    hash = serializers.CharField()
    value = AnyValue(allow_null=True)
    view = AnyTable(allow_null=True)
    files = OutputFile(many=True)
    rounds = OutputRound(many=True)
    problem = serializers.CharField()


class ComparedSide(serializers.Serializer):
    state = serializers.CharField()
    seconds = serializers.FloatField(allow_null=True)
    component = serializers.CharField()


class ComparedField(serializers.Serializer):
    name = serializers.CharField()
    before = AnyValue(allow_null=True)
    after = AnyValue(allow_null=True)


class ComparedStep(serializers.Serializer):
    """`change`: same, changed, added or removed."""

    path = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    change = serializers.CharField()
    before = ComparedSide(allow_null=True)
    after = ComparedSide(allow_null=True)
    fields = ComparedField(many=True)  # type: ignore[assignment]


class PipelineRunComparison(serializers.Serializer):
    before = serializers.CharField()
    after = serializers.CharField()
    steps = ComparedStep(many=True)
