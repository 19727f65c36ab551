"""Pipeline files over REST: the shapes of bodies and answers."""

from rest_framework import serializers

from runs.components.files.component import LIMITS
from studio.api.fields import StrictSerializer, Text


class PipelineSource(StrictSerializer):
    """A document, or a text with the texts of the files that it names."""

    document = serializers.DictField(required=False)
    text = Text(max_length=LIMITS.text, required=False, allow_blank=True)
    file_name = Text(max_length=1000, required=False, default="pipeline.yml")
    files = serializers.DictField(child=Text(max_length=LIMITS.text, allow_blank=True), required=False, default=dict)
    inputs = serializers.DictField(required=False, help_text="The values of the pipeline's inputs for one run.")


class PipelineProblem(serializers.Serializer):
    code = serializers.CharField()
    sentence = serializers.CharField()
    node = serializers.CharField(
        help_text='The node\'s name; "outer.inner" in a nested pipeline; empty for the pipeline.'
    )
    port = serializers.CharField()
    parameter = serializers.CharField()
    path = serializers.CharField()
    line = serializers.IntegerField(help_text="From 1; 0 where there is no text.")
    column = serializers.IntegerField()


class PipelineNeed(serializers.Serializer):
    role = serializers.CharField()
    path = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    folder = serializers.CharField()
    includes = serializers.ListField(child=serializers.CharField())


class PipelineChecked(serializers.Serializer):
    problems = PipelineProblem(many=True)
    needs = PipelineNeed(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    declarations = serializers.DictField(help_text="What inline components declare, by the name of their node.")


class PipelineTranslated(serializers.Serializer):
    text = serializers.CharField()
    document = serializers.DictField(allow_null=True, help_text="null where the text can't be read.")
    problems = PipelineProblem(many=True)


class PipelinePort(StrictSerializer):
    document = serializers.DictField()
    node = Text(max_length=500)
    port = Text(max_length=255)


class PipelineColumn(serializers.Serializer):
    name = serializers.CharField()
    kind = serializers.CharField()
    role = serializers.CharField()


class PipelineColumns(serializers.Serializer):
    columns = PipelineColumn(many=True)
    note = serializers.CharField(help_text="Where the columns are from, or why they are not known.")
