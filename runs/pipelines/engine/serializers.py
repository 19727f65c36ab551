"""Shapes of a pipeline's run and of its steps."""

from rest_framework import serializers

from studio.api.fields import AnyTable, AnyValue, Name, StrictBoolean, StrictSerializer


class RerunPipeline(StrictSerializer):
    """Once more: with `failed_only` what completed is taken as it is, else all of it is asked for again."""

    failed_only = StrictBoolean(required=False, default=True)
    name = Name(max_length=255, required=False, allow_blank=True, default="")


class PipelineStep(serializers.Serializer):
    """A step. `needs` and `parent` are paths; `reused_from` names the run and the step whose outputs it has."""

    path = serializers.CharField()
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    component = serializers.CharField()
    state = serializers.CharField()
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    needs = serializers.ListField(child=serializers.CharField())
    run_id = serializers.CharField(allow_null=True)
    attempt = serializers.IntegerField()
    problem = serializers.CharField()
    reused_run_id = serializers.CharField(allow_null=True)
    reused_step = serializers.CharField(allow_null=True)
    reuse_note = serializers.CharField()
    item = AnyValue(allow_null=True)
    inputs = AnyTable()
    outputs = AnyTable()
    ready_at = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class PipelineRunAnswer(serializers.Serializer):
    """A pipeline's run: `counts` says how many steps there are by state."""

    run_id = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    state = serializers.CharField()
    note = serializers.CharField()
    origin = serializers.CharField()
    pipeline_id = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    rerun_of = serializers.CharField(allow_null=True)
    is_forced = serializers.BooleanField()
    is_canceling = serializers.BooleanField()
    inputs = AnyTable()
    outputs = AnyTable()
    counts = serializers.DictField(child=serializers.IntegerField())
    steps = PipelineStep(many=True)


class PipelineRerunAnswer(serializers.Serializer):
    run_id = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
