"""Shapes of bodies about endpoints and deployments: Azure's field names."""

from rest_framework import serializers

from registry import deployment_files
from studio.api.fields import AnyTable, AnyValue, Int64, Name, StrictBoolean, StrictSerializer, Text

MAX_REF = 500


class CheckEndpointFile(StrictSerializer):
    file_name = Name(max_length=300, required=False, default="deployment.yml")
    text = Text(max_length=deployment_files.MAX_TEXT)
    kind = serializers.ChoiceField(
        choices=[deployment_files.ENDPOINT, deployment_files.DEPLOYMENT], required=False, allow_blank=True, default=""
    )


class NewEndpoint(StrictSerializer):
    name = Text(max_length=100)
    description = Text(max_length=100_000, required=False, allow_blank=True, default="")
    tags = AnyTable(required=False, default=dict)
    properties = AnyTable(required=False, default=dict)
    auth_mode = Text(max_length=40, required=False, default="key")


class EditEndpoint(StrictSerializer):
    description = Text(max_length=100_000, required=False, allow_blank=True)
    tags = AnyTable(required=False)
    properties = AnyTable(required=False)
    auth_mode = Text(max_length=40, required=False)


class SetEndpointTraffic(StrictSerializer):
    """`mirror_traffic` left out stays as it is."""

    traffic = AnyTable()
    mirror_traffic = AnyTable(required=False, allow_null=True, default=None)


class EndpointKeyChoice(StrictSerializer):
    which = serializers.ChoiceField(choices=["primary", "secondary"])


class EndpointTokenRequest(StrictSerializer):
    seconds = Int64(min_value=60, max_value=86_400, required=False, default=3600)


class DeploymentCode(StrictSerializer):
    """`code` is the SHA-256 of a folder that was sent to `folders/<sha256>`."""

    code = Text(max_length=MAX_REF, required=False, allow_blank=True, default="")
    scoring_script = Text(max_length=300, required=False, allow_blank=True, default="")


class DeploymentBody(StrictSerializer):
    """A deployment file's fields. `folders.model` and `code_configuration.code` are digests of folders; `files` are texts."""

    description = Text(max_length=100_000, required=False, allow_blank=True)
    tags = AnyTable(required=False)
    properties = AnyTable(required=False)
    model = AnyValue(required=False, allow_null=True)
    image = Text(max_length=MAX_REF, required=False, allow_blank=True)
    code_configuration = DeploymentCode(required=False, allow_null=True)
    environment = AnyValue(required=False, allow_null=True)
    environment_variables = AnyTable(required=False, allow_null=True)
    instance_type = Text(max_length=60, required=False, allow_blank=True)
    instance_count = AnyValue(required=False, allow_null=True)
    scale_settings = AnyTable(required=False, allow_null=True)
    request_settings = AnyTable(required=False, allow_null=True)
    liveness_probe = AnyTable(required=False, allow_null=True)
    readiness_probe = AnyTable(required=False, allow_null=True)
    data_collector = AnyTable(required=False, allow_null=True)
    resources = AnyTable(required=False, allow_null=True)
    deployer = Text(max_length=40, required=False, allow_blank=True)
    files = serializers.DictField(child=Text(max_length=1_000_000, allow_blank=True), required=False)
    folders = serializers.DictField(child=Text(max_length=64), required=False)
    all_traffic = StrictBoolean(required=False)


class NewDeploymentBody(DeploymentBody):
    name = Text(max_length=100)
    endpoint_name = Text(max_length=100, required=False)


class EditDeployment(StrictSerializer):
    """Words and tags, or how many instances: a number, or a rule."""

    description = Text(max_length=100_000, required=False, allow_blank=True)
    tags = AnyTable(required=False)
    properties = AnyTable(required=False)
    instance_count = AnyValue(required=False, allow_null=True)
    scale_settings = AnyTable(required=False, allow_null=True)


class EndpointNeed(serializers.Serializer):
    role = serializers.CharField()  # code, model or text
    path = serializers.CharField()
    kind = serializers.ChoiceField(choices=["folder", "any", "file"])


class EndpointFileAnswer(serializers.Serializer):
    kind = serializers.CharField()
    document = AnyTable()
    needs = EndpointNeed(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class EndpointAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    tags = AnyTable()
    properties = AnyTable()
    auth_mode = serializers.CharField()
    state = serializers.CharField(help_text="Succeeded, Updating, Failed or Deleting")
    traffic = AnyTable()
    mirror_traffic = AnyTable()
    previous_traffic = AnyTable()
    deployments = serializers.ListField(child=serializers.CharField())
    scoring_uri = serializers.CharField()
    openapi_uri = serializers.CharField()
    url = serializers.CharField()
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class EndpointList(serializers.Serializer):
    results = EndpointAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class EndpointTrafficAnswer(serializers.Serializer):
    traffic = AnyTable()
    mirror_traffic = AnyTable()
    previous_traffic = AnyTable()


class EndpointKeysAnswer(serializers.Serializer):
    """As Azure's command line prints them."""

    primaryKey = serializers.CharField()
    secondaryKey = serializers.CharField()


class EndpointTokenAnswer(serializers.Serializer):
    accessToken = serializers.CharField()
    expiryTimeUtc = serializers.DateTimeField()
    refreshAfterTimeUtc = serializers.DateTimeField()
    tokenType = serializers.CharField()


class RevisionAnswer(serializers.Serializer):
    number = serializers.IntegerField()
    state = serializers.CharField()
    problem = serializers.CharField(allow_blank=True)
    model = serializers.CharField(allow_null=True)
    image = serializers.CharField(allow_null=True)
    environment = serializers.CharField(allow_null=True)
    scoring_script = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_null=True)
    request_settings = AnyTable()
    liveness_probe = AnyTable()
    readiness_probe = AnyTable()
    environment_variables = AnyTable()
    resources = AnyTable()
    instance_type = serializers.CharField(allow_blank=True)
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    live_at = serializers.DateTimeField(allow_null=True)


class DeploymentAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    endpoint_name = serializers.CharField()
    state = serializers.CharField()
    problem = serializers.CharField(allow_blank=True)
    deployer = serializers.CharField()
    instance_count = serializers.IntegerField()
    ready_instances = serializers.IntegerField()
    scale_settings = AnyTable()
    data_collector = AnyTable()
    traffic = serializers.IntegerField()
    description = serializers.CharField(allow_blank=True)
    tags = AnyTable()
    properties = AnyTable()
    current = RevisionAnswer(allow_null=True)
    wanted = RevisionAnswer(allow_null=True)
    url = serializers.CharField()
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class DeploymentList(serializers.Serializer):
    results = DeploymentAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class RevisionList(serializers.Serializer):
    results = RevisionAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class InstanceAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    revision = serializers.IntegerField()
    slot = serializers.IntegerField()
    attempt = serializers.IntegerField()
    state = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    problem = serializers.CharField(allow_blank=True)
    started_at = serializers.DateTimeField()
    ready_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class InstanceList(serializers.Serializer):
    results = InstanceAnswer(many=True)


class DeploymentEventAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    actor = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()


class DeploymentEventList(serializers.Serializer):
    results = DeploymentEventAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class InstanceLogAnswer(serializers.Serializer):
    instance = serializers.IntegerField()
    slot = serializers.IntegerField()
    revision = serializers.IntegerField()
    state = serializers.CharField()
    text = serializers.CharField(allow_blank=True)


class DeploymentLogsAnswer(serializers.Serializer):
    logs = InstanceLogAnswer(many=True)


class TrafficPointAnswer(serializers.Serializer):
    at = serializers.DateTimeField()
    requests = serializers.IntegerField()
    mirrored = serializers.IntegerField()
    client_errors = serializers.IntegerField()
    server_errors = serializers.IntegerField()
    per_minute = serializers.FloatField()
    concurrency = serializers.FloatField()
    p50_ms = serializers.FloatField(allow_null=True)
    p95_ms = serializers.FloatField(allow_null=True)
    p99_ms = serializers.FloatField(allow_null=True)
    bytes_in = serializers.IntegerField()
    bytes_out = serializers.IntegerField()


class TrafficSeriesAnswer(serializers.Serializer):
    deployment = serializers.CharField()
    points = TrafficPointAnswer(many=True)


class EndpointMetricsAnswer(serializers.Serializer):
    step_seconds = serializers.IntegerField()
    series = TrafficSeriesAnswer(many=True)
