"""Logged models and datasets as the REST API answers them."""

from rest_framework import serializers


class ModelMetric(serializers.Serializer):
    key = serializers.CharField()
    value = serializers.JSONField(help_text='A number, or "NaN", "Infinity", "-Infinity".')
    step = serializers.IntegerField()
    time_ms = serializers.IntegerField()
    run_id = serializers.CharField()
    dataset_name = serializers.CharField()
    dataset_digest = serializers.CharField()


class LoggedModelAnswer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    experiment = serializers.CharField()
    source_run = serializers.CharField(allow_null=True)
    model_type = serializers.CharField()
    state = serializers.CharField(help_text="PENDING, READY or FAILED.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    url = serializers.CharField()


class LoggedModelDetail(LoggedModelAnswer):
    params = serializers.DictField(child=serializers.CharField())
    tags = serializers.DictField(child=serializers.CharField())
    metrics = ModelMetric(many=True)


class LoggedModelList(serializers.Serializer):
    results = LoggedModelAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class LoggedModelFileAnswer(serializers.Serializer):
    path = serializers.CharField()
    is_dir = serializers.BooleanField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    content_type = serializers.CharField()
    created_at = serializers.DateTimeField()


class LoggedModelFiles(serializers.Serializer):
    results = LoggedModelFileAnswer(many=True)


class RunDatasetAnswer(serializers.Serializer):
    name = serializers.CharField()
    digest = serializers.CharField()
    context = serializers.CharField()  # type: ignore[assignment]
    source_type = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    tags = serializers.DictField(child=serializers.CharField())


class RunDatasets(serializers.Serializer):
    results = RunDatasetAnswer(many=True)
