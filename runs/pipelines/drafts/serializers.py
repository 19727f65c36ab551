"""Shapes of bodies about pipelines, their drafts and versions."""

from rest_framework import serializers

from runs.pipelines.drafts import names, presence
from runs.pipelines.models import Pipeline
from studio.api.fields import AnyTable, AnyValue, Int64, Name, RunId, StrictBoolean, StrictSerializer, Text

MAX_TEXT = 4 * 1024 * 1024
WHICH = ("one", "from", "upto")


class NewPipeline(StrictSerializer):
    """Empty, or one of `document`, `text` (a pipeline file) and `sample`."""

    name = Name(max_length=names.MAX_NAME, required=False, allow_blank=True, default="")
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True, default="")
    document = AnyTable(required=False, allow_null=True, default=None)
    text = Text(max_length=MAX_TEXT, required=False, allow_blank=True, default="")
    file_name = Text(max_length=255, required=False, allow_blank=True, default="pipeline.yml")
    sample = Text(max_length=80, required=False, allow_blank=True, default="")


class EditPipeline(StrictSerializer):
    name = Name(max_length=names.MAX_NAME, required=False)
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True)
    is_archived = StrictBoolean(required=False)


class ClonePipeline(StrictSerializer):
    name = Name(max_length=names.MAX_NAME, required=False, allow_blank=True, default="")
    version = Int64(min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None)


class PipelineDraftBody(StrictSerializer):
    document = AnyTable()


class NewPipelineVersion(StrictSerializer):
    """The draft (at `stamp`, where that is given) as a version."""

    name = Name(max_length=names.MAX_NAME, required=False, allow_blank=True, default="")
    note = Text(max_length=names.MAX_NOTE, required=False, allow_blank=True, default="")
    stamp = Int64(min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None)


class RestorePipeline(StrictSerializer):
    stamp = Int64(min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None)


class RunPart(StrictSerializer):
    """One node, all from it on, or all up to it."""

    node = Text(max_length=500)
    which = serializers.ChoiceField(choices=WHICH, required=False, default="one")


class RunPipeline(StrictSerializer):
    """A run of the draft (at `stamp`, where that is given), or of a version."""

    inputs = AnyTable(required=False, default=dict)
    version = Int64(min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None)
    stamp = Int64(min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None)
    experiment = Text(max_length=500, required=False, allow_blank=True, default="")
    name = Name(max_length=255, required=False, allow_blank=True, default="")
    compute = Text(max_length=255, required=False, allow_blank=True, default="")
    is_forced = StrictBoolean(required=False, allow_null=True, default=None, help_text="true: nothing is reused")
    only = RunPart(required=False, allow_null=True, default=None)


class PresenceBody(StrictSerializer):
    """A sign of life of one open canvas; `page` is a word of its own choice. `is_gone`: it was closed."""

    page = Text(max_length=presence.MAX_PAGE)
    node = Text(max_length=presence.MAX_NODE, required=False, allow_blank=True, default="")
    is_gone = StrictBoolean(required=False, default=False)


class LastRunAnswer(serializers.Serializer):
    id = RunId()
    name = serializers.CharField()
    state = serializers.CharField()
    created_at = serializers.DateTimeField()
    url = serializers.CharField()


class PipelineAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    purpose = serializers.ChoiceField(choices=Pipeline.Purpose.choices)
    made_of = serializers.IntegerField(allow_null=True)
    is_archived = serializers.BooleanField()
    stamp = serializers.IntegerField()
    versions = serializers.IntegerField()
    nodes = serializers.IntegerField()
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_by = serializers.CharField(allow_blank=True)
    updated_at = serializers.DateTimeField()
    last_run = LastRunAnswer(allow_null=True)
    url = serializers.CharField()


class PipelineList(serializers.Serializer):
    results = PipelineAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class PipelineDraftAnswer(serializers.Serializer):
    """The header `ETag` holds the stamp: send it back as `If-Match`."""

    document = AnyTable()
    stamp = serializers.IntegerField()
    saved_by = serializers.CharField(allow_blank=True)
    saved_at = serializers.DateTimeField()


class PipelineSavedAnswer(serializers.Serializer):
    stamp = serializers.IntegerField()
    saved_by = serializers.CharField(allow_blank=True)
    saved_at = serializers.DateTimeField()


class PipelineVersionAnswer(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    digest = serializers.CharField()
    nodes = serializers.IntegerField()
    is_draft = serializers.BooleanField(help_text="whether the draft does the same")
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class PipelineVersionDetail(PipelineVersionAnswer):
    document = AnyTable()


class PipelineVersionList(serializers.Serializer):
    results = PipelineVersionAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class DifferenceAnswer(serializers.Serializer):
    kind = serializers.CharField(help_text="node, parameter, wire, field, input, output, setting or fact")
    change = serializers.CharField(help_text="added, removed or changed")
    node = serializers.CharField(allow_blank=True)
    node_label = serializers.CharField(allow_blank=True, help_text="what the node is called on the canvas")
    name = serializers.CharField(allow_blank=True)
    name_label = serializers.CharField(allow_blank=True, help_text="what the parameter or the port is called there")
    before = AnyValue()
    after = AnyValue()
    sentence = serializers.CharField()


class PipelineCompareAnswer(serializers.Serializer):
    a = serializers.CharField()
    b = serializers.CharField()
    differences = DifferenceAnswer(many=True)


class EditorAnswer(serializers.Serializer):
    name = serializers.CharField()
    page = serializers.CharField()
    node = serializers.CharField(allow_blank=True)
    is_you = serializers.BooleanField()
    since = serializers.DateTimeField()


class PresenceAnswer(serializers.Serializer):
    people = EditorAnswer(many=True)


class PipelineRunStarted(serializers.Serializer):
    id = RunId()
    name = serializers.CharField()
    state = serializers.CharField()
    experiment = serializers.CharField()
    created_at = serializers.DateTimeField()
    url = serializers.CharField()


class PipelineSampleAnswer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField()
    nodes = serializers.IntegerField()


class PipelineSampleList(serializers.Serializer):
    results = PipelineSampleAnswer(many=True)
