"""Shapes of bodies about batch scoring: Azure's field names."""

from rest_framework import serializers

from registry import deployment_files
from studio.api.fields import AnyTable, AnyValue, Int64, Name, StrictBoolean, StrictSerializer, Text

MAX_REF = 2048
MAX_FAILED = 1_000


class CheckBatchFile(StrictSerializer):
    file_name = Name(max_length=300, required=False, default="deployment.yml")
    text = Text(max_length=deployment_files.MAX_TEXT)
    kind = Text(max_length=20, required=False, allow_blank=True, default="")


class BatchDefaults(StrictSerializer):
    deployment_name = Text(max_length=100, allow_blank=True)


class NewBatchEndpoint(StrictSerializer):
    name = Text(max_length=100)
    description = Text(max_length=100_000, required=False, allow_blank=True, default="")
    tags = AnyTable(required=False, default=dict)


class EditBatchEndpoint(StrictSerializer):
    description = Text(max_length=100_000, required=False, allow_blank=True)
    tags = AnyTable(required=False)
    defaults = BatchDefaults(required=False)


class BatchCode(StrictSerializer):
    """`code` is the SHA-256 of a folder that was sent to `folders/<sha256>`."""

    code = Text(max_length=MAX_REF, required=False, allow_blank=True, default="")
    scoring_script = Text(max_length=300, required=False, allow_blank=True, default="")


class NewBatchDeploymentBody(StrictSerializer):
    """A batch deployment file's fields; `code_configuration.code` is the digest of a folder, `files` are texts."""

    name = Text(max_length=100)
    description = Text(max_length=100_000, required=False, allow_blank=True, default="")
    tags = AnyTable(required=False, default=dict)
    model = AnyValue()
    code_configuration = BatchCode(required=False, allow_null=True)
    environment = AnyValue(required=False, allow_null=True)
    compute = Text(max_length=300, required=False, allow_blank=True, default="")
    settings = AnyTable(required=False, default=dict)
    files = serializers.DictField(child=Text(max_length=1_000_000, allow_blank=True), required=False)
    set_default = StrictBoolean(required=False, default=False)


class InvokeBatch(StrictSerializer):
    """`input` is `{"type", "path"}` or a path: a data version, or a place in a datastore."""

    input = AnyValue()
    deployment_name = Text(max_length=100, required=False, allow_blank=True, default="")
    output_path = Text(max_length=MAX_REF, required=False, allow_blank=True, default="")
    output_asset = Text(max_length=255, required=False, allow_blank=True, default="")
    settings = AnyTable(required=False, default=dict)


class BatchNeed(serializers.Serializer):
    role = serializers.CharField()  # code, model or text
    path = serializers.CharField()
    kind = serializers.CharField()  # folder, any or file


class BatchFileAnswer(serializers.Serializer):
    kind = serializers.CharField()
    document = AnyTable()
    needs = BatchNeed(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class BatchDefaultsAnswer(serializers.Serializer):
    deployment_name = serializers.CharField(allow_blank=True)


class BatchEndpointAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    tags = AnyTable()
    defaults = BatchDefaultsAnswer()
    deployments = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField()
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class BatchEndpointList(serializers.Serializer):
    results = BatchEndpointAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class BatchDeploymentAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    endpoint_name = serializers.CharField()
    is_default = serializers.BooleanField()
    description = serializers.CharField(allow_blank=True)
    tags = AnyTable()
    model = serializers.CharField()
    code = serializers.CharField(allow_blank=True)
    scoring_script = serializers.CharField(allow_blank=True)
    environment = serializers.CharField(allow_blank=True)
    compute = serializers.CharField(allow_blank=True)
    settings = AnyTable()
    environment_variables = AnyTable()
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class BatchDeploymentList(serializers.Serializer):
    results = BatchDeploymentAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class BatchItemCounts(serializers.Serializer):
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()


class BatchOutput(serializers.Serializer):
    datastore = serializers.CharField(allow_blank=True)
    folder = serializers.CharField(allow_blank=True)
    path = serializers.CharField(allow_blank=True, help_text="the one file, once the job has completed")
    uri = serializers.CharField(allow_blank=True)
    data_version = serializers.CharField(allow_blank=True, help_text="the one that it became, where that was asked for")


class BatchJobAnswer(serializers.Serializer):
    id = serializers.CharField()
    endpoint_name = serializers.CharField()
    deployment_name = serializers.CharField()
    state = serializers.CharField(help_text="pending, running, finalizing, completed, failed or canceled")
    problem = serializers.CharField(allow_blank=True)
    input = AnyTable()
    settings = AnyTable()
    items = BatchItemCounts()
    rows = serializers.IntegerField()
    output = BatchOutput()
    url = serializers.CharField()
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class BatchJobList(serializers.Serializer):
    results = BatchJobAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class BatchPartCounts(serializers.Serializer):
    waiting = serializers.IntegerField()
    taken = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()


class BatchWorkerAnswer(serializers.Serializer):
    job = serializers.IntegerField()
    state = serializers.CharField()
    compute = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)


class BatchJobDetail(BatchJobAnswer):
    parts = BatchPartCounts()
    workers = BatchWorkerAnswer(many=True)


class FailedBatchItem(serializers.Serializer):
    part = serializers.IntegerField()
    item = serializers.CharField()
    problem = serializers.CharField()


class FailedBatchItemList(serializers.Serializer):
    results = FailedBatchItem(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


# What the jobs that score say.


class PartAttempt(StrictSerializer):
    attempt = Int64(min_value=1, max_value=1_000)


class PartDone(PartAttempt):
    output = Text(max_length=64, required=False, allow_blank=True, default="")  # SHA-256 of the rows that were sent
    row_count = Int64(min_value=0, max_value=2**31 - 1)
    failed = serializers.ListField(child=AnyTable(), required=False, default=list, max_length=MAX_FAILED)
    failed_count = Int64(min_value=0, max_value=2**31 - 1, required=False, allow_null=True, default=None)


class PartFailed(PartAttempt):
    problem = Text(max_length=10_000, allow_blank=True)


class WorkerProblem(StrictSerializer):
    problem = Text(max_length=10_000)


class ScoringPlan(serializers.Serializer):
    batch = serializers.CharField()
    title = serializers.CharField()
    model = AnyTable()
    code = serializers.CharField(allow_blank=True)
    scoring_script = serializers.CharField(allow_blank=True)
    mode = serializers.CharField()
    input = AnyTable()
    reading = AnyTable()
    settings = AnyTable()


class TakenPart(serializers.Serializer):
    number = serializers.IntegerField()
    attempt = serializers.IntegerField()
    is_last = serializers.BooleanField()
    items = serializers.ListField(child=AnyValue())


class TakeAnswer(serializers.Serializer):
    part = TakenPart(allow_null=True)
    is_over = serializers.BooleanField()


class ScoringAnswer(serializers.Serializer):
    state = serializers.CharField()


class StoredRows(serializers.Serializer):
    sha256 = serializers.CharField()
