"""Shapes of bodies about devices, their modules, and of what their agents send."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.edge import options
from registry.edge.services.enrolment import CODE_HOURS
from studio.api.fields import Int64, StrictBoolean, StrictSerializer, Text

MAX_REVISION = 2**31 - 1


@extend_schema_field({"type": "object", "additionalProperties": True})
class DeviceTable(serializers.DictField):
    """A mapping; what it may hold is judged by the use case."""


class NewDevice(StrictSerializer):
    name = Text(max_length=100)
    description = Text(max_length=100_000, required=False, allow_blank=True, default="")
    tags = DeviceTable(required=False, default=dict)


class EditDevice(StrictSerializer):
    description = Text(max_length=100_000, required=False, allow_blank=True)
    tags = DeviceTable(required=False)


class DeviceAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField()
    tags = DeviceTable()
    state = serializers.CharField(help_text="new, online, offline or revoked")
    seen_at = serializers.DateTimeField(allow_null=True)
    enrolled_at = serializers.DateTimeField(allow_null=True)
    code_expires_at = serializers.DateTimeField(allow_null=True)
    facts = DeviceTable()
    revision = serializers.IntegerField()
    reported_revision = serializers.IntegerField()
    telemetry = DeviceTable()
    modules = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class DeviceList(serializers.Serializer):
    results = DeviceAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class DeviceCodeAnswer(serializers.Serializer):
    """The code is given this once."""

    code = serializers.CharField()
    expires_at = serializers.DateTimeField()
    enroll = serializers.CharField(help_text="the command that enrols the device")


class NewDeviceAnswer(DeviceAnswer):
    code = DeviceCodeAnswer()


class DeviceCodeRequest(StrictSerializer):
    hours = Int64(min_value=1, max_value=10_000, required=False, default=CODE_HOURS)


class ModuleOptions(StrictSerializer):
    """What is left out stays as it is; of a new module it is the default."""

    environment_variables = DeviceTable(required=False)
    port = Int64(min_value=0, max_value=65_535, required=False)
    address = serializers.ChoiceField(choices=options.ADDRESSES, required=False)
    cpus = serializers.FloatField(required=False, min_value=0, max_value=options.MAX_CPUS)
    memory = Text(max_length=40, required=False, help_text="such as 512M; 0 for no limit")
    restart = serializers.ChoiceField(choices=options.RESTARTS, required=False)


class NewModule(ModuleOptions):
    name = Text(max_length=100)
    image = Text(max_length=300, help_text="such as digits:3, digits:stable or digits@latest")


class EditModule(ModuleOptions):
    """`state`: `stopped` or `running`; `restart_now` starts it anew."""

    image = Text(max_length=300, required=False)
    state = serializers.ChoiceField(choices=["running", "stopped"], required=False)
    restart_now = StrictBoolean(required=False, default=False)


class ModuleAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    image = serializers.CharField()
    previous = serializers.CharField(allow_null=True)
    environment_variables = DeviceTable()
    port = serializers.IntegerField()
    address = serializers.CharField()
    cpus = serializers.FloatField()
    memory = serializers.IntegerField()
    restart = serializers.CharField()
    is_stopped = serializers.BooleanField()
    generation = serializers.IntegerField()
    reported = DeviceTable(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ModuleList(serializers.Serializer):
    results = ModuleAnswer(many=True)


class DeviceEventAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    module = serializers.CharField()
    detail = serializers.CharField()
    actor = serializers.CharField()
    at = serializers.DateTimeField()


class DeviceEventList(serializers.Serializer):
    results = DeviceEventAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class Enrol(StrictSerializer):
    code = Text(max_length=40)
    facts = DeviceTable(required=False, default=dict)


class EnrolAnswer(serializers.Serializer):
    """The token is given this once."""

    token = serializers.CharField()
    device = serializers.CharField()
    workspace = serializers.CharField()
    report_seconds = serializers.FloatField()


class DesiredImage(serializers.Serializer):
    version = serializers.IntegerField()
    name = serializers.CharField()
    image_id = serializers.CharField()
    size = serializers.IntegerField()
    container_port = serializers.IntegerField()
    ready_path = serializers.CharField()
    live_path = serializers.CharField()


class DesiredModule(serializers.Serializer):
    name = serializers.CharField()
    image = DesiredImage()
    environment_variables = DeviceTable()
    port = serializers.IntegerField()
    address = serializers.CharField()
    cpus = serializers.FloatField()
    memory = serializers.IntegerField()
    restart = serializers.CharField()
    is_stopped = serializers.BooleanField()
    generation = serializers.IntegerField()


class DesiredAnswer(serializers.Serializer):
    device = serializers.CharField()
    workspace = serializers.CharField()
    revision = serializers.IntegerField()
    report_seconds = serializers.FloatField()
    modules = DesiredModule(many=True)


class DeviceReport(StrictSerializer):
    revision = Int64(min_value=0, max_value=MAX_REVISION)
    facts = DeviceTable(required=False, default=dict)
    modules = DeviceTable(required=False, default=dict)
    telemetry = DeviceTable(required=False, default=dict)
    events = serializers.ListField(child=DeviceTable(), required=False, default=list, max_length=50)


class DeviceReportAnswer(serializers.Serializer):
    revision = serializers.IntegerField()
    report_seconds = serializers.FloatField()


class ImagePart(serializers.Serializer):
    digest = serializers.CharField()
    size = serializers.IntegerField()


class ImagePartsAnswer(serializers.Serializer):
    form = serializers.CharField(help_text="layers, archive or registry")
    image_id = serializers.CharField()
    reference = serializers.CharField()
    config = ImagePart(allow_null=True)
    layers = ImagePart(many=True)
