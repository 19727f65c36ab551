"""Dataflows as JSON, and the shapes of bodies about them."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.data import names
from registry.data.dataflows import services
from registry.data.dataflows.models import Dataflow, DataflowVersion
from registry.data.dataflows.recipes import MAX_STEPS
from registry.data.reading.recipes import MOST_ROWS
from registry.data.uris import MAX_URI
from studio.api.fields import Int64, StrictBoolean, StrictSerializer, Text

SAMPLES = ("first", "random")
BY_EXAMPLE = ("column", "split", "filter")
MAX_EXAMPLES = 50
MAX_WANTED = 2_000
MAX_COLUMN = 1_000


@extend_schema_field({"type": "object", "additionalProperties": True})
class DataflowStepField(serializers.DictField):
    """`{"kind", "parameters", "enabled", "note"}`: the package `atelier.dataflow` knows the kinds."""


class DataflowRecipe(StrictSerializer):
    source = Text(max_length=MAX_URI)  # type: ignore[assignment]
    steps = serializers.ListField(child=DataflowStepField(), max_length=MAX_STEPS, required=False, default=list)


class NewDataflow(StrictSerializer):
    name = Text(max_length=names.MAX_NAME)
    source = Text(max_length=MAX_URI)  # type: ignore[assignment]
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True, default="")
    steps = serializers.ListField(child=DataflowStepField(), max_length=MAX_STEPS, required=False, default=list)


class EditDataflow(StrictSerializer):
    name = Text(max_length=names.MAX_NAME, required=False)
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True)
    is_archived = StrictBoolean(required=False)


class DataflowDraft(DataflowRecipe):
    stamp = Int64(min_value=0, max_value=2**31 - 1)


class NewDataflowVersion(StrictSerializer):
    """The draft (at `stamp`, when that is given), or another recipe."""

    note = Text(max_length=services.MAX_NOTE, required=False, allow_blank=True, default="")
    stamp = Int64(min_value=0, max_value=2**31 - 1, required=False, allow_null=True, default=None)
    recipe = DataflowRecipe(required=False, allow_null=True, default=None)


class RestoreDataflow(StrictSerializer):
    stamp = Int64(min_value=0, max_value=2**31 - 1, required=False, allow_null=True, default=None)


class DataflowSample(StrictSerializer):
    """Of what is looked at: the draft or another recipe, after the step `upto`, over so many rows of the source."""

    recipe = DataflowRecipe(required=False, allow_null=True, default=None)
    upto = Int64(min_value=0, max_value=MAX_STEPS, required=False, allow_null=True, default=None)
    sample = serializers.ChoiceField(choices=SAMPLES, required=False, default="first")
    rows = Int64(min_value=1, max_value=MOST_ROWS, required=False, default=1_000)
    seed = Int64(min_value=0, max_value=2**31 - 1, required=False, default=1)


class DataflowExample(StrictSerializer):
    """A row of the sample by its place, and what is wanted there: a text, or the parts of a split."""

    row = Int64(min_value=0, max_value=MOST_ROWS)
    wanted = serializers.ListField(
        child=Text(max_length=MAX_WANTED, allow_blank=True), min_length=1, max_length=20,
        help_text="One text for a column, as many as there are new columns for a split.",
    )  # fmt: skip


class DataflowByExample(DataflowSample):
    kind = serializers.ChoiceField(choices=BY_EXAMPLE, required=False, default="column")
    examples = serializers.ListField(child=DataflowExample(), required=False, max_length=MAX_EXAMPLES, default=list)
    column = Text(max_length=MAX_COLUMN, required=False, allow_blank=True, default="", help_text="of a split")
    columns = serializers.ListField(child=Text(max_length=MAX_COLUMN), required=False, max_length=200, default=list)
    keep = serializers.ListField(
        child=Int64(min_value=0, max_value=MOST_ROWS), required=False, max_length=200, default=list
    )
    drop = serializers.ListField(
        child=Int64(min_value=0, max_value=MOST_ROWS), required=False, max_length=200, default=list
    )


class DataflowAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment]
    steps = serializers.IntegerField()
    last_version = serializers.IntegerField(allow_null=True)
    is_archived = serializers.BooleanField()
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class DataflowDraftAnswer(serializers.Serializer):
    source = serializers.CharField()  # type: ignore[assignment]
    steps = serializers.ListField(child=DataflowStepField())
    stamp = serializers.IntegerField()


class DataflowVersionAnswer(serializers.Serializer):
    number = serializers.IntegerField()
    note = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment]
    steps = serializers.ListField(child=DataflowStepField())
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class DataflowList(serializers.Serializer):
    results = DataflowAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class DataflowVersionList(serializers.Serializer):
    results = DataflowVersionAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class DataflowColumnAnswer(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    native = serializers.CharField()


class DataflowProblemAnswer(serializers.Serializer):
    step = serializers.IntegerField()
    parameter = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField()
    start = serializers.IntegerField(allow_null=True)
    end = serializers.IntegerField(allow_null=True)


class DataflowStepAnswer(serializers.Serializer):
    step = serializers.IntegerField()
    sentence = serializers.CharField()
    problems = DataflowProblemAnswer(many=True)
    rows = serializers.IntegerField(allow_null=True)


@extend_schema_field(OpenApiTypes.ANY)
class AnyCell(serializers.Field):
    """A value of a table."""


class DataflowPreviewAnswer(serializers.Serializer):
    columns = DataflowColumnAnswer(many=True)
    source_columns = DataflowColumnAnswer(many=True)
    source_rows = serializers.IntegerField()
    rows = serializers.ListField(child=serializers.ListField())
    row_count = serializers.IntegerField()
    sketches = serializers.ListField(child=serializers.DictField())
    steps = DataflowStepAnswer(many=True)
    problems = DataflowProblemAnswer(many=True)
    others = serializers.DictField(child=DataflowColumnAnswer(many=True))


class DataflowProgramAnswer(serializers.Serializer):
    expression = serializers.CharField()
    cost = serializers.FloatField()


class DataflowDoubtAnswer(serializers.Serializer):
    row = serializers.IntegerField()
    values = serializers.ListField(child=AnyCell())


class DataflowFoundAnswer(serializers.Serializer):
    """`values`: what the first program gives in each row of the sample. `doubts`: where others that fit give something else."""

    programs = DataflowProgramAnswer(many=True)
    values = serializers.ListField(child=AnyCell())
    doubts = DataflowDoubtAnswer(many=True)
    doubt_count = serializers.IntegerField()


class DataflowByExampleAnswer(serializers.Serializer):
    columns = DataflowFoundAnswer(many=True)


class DataflowCodeAnswer(serializers.Serializer):
    to = serializers.ChoiceField(choices=["polars", "pandas"])
    code = serializers.CharField()


def flow(row: Dataflow) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "source": row.draft.get("source", ""),
        "steps": len(row.draft.get("steps", [])),
        "last_version": row.last_number or None,
        "is_archived": row.is_archived,
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def draft(row: Dataflow) -> dict[str, Any]:
    return {"source": row.draft.get("source", ""), "steps": row.draft.get("steps", []), "stamp": row.draft_stamp}


def version(row: DataflowVersion) -> dict[str, Any]:
    return {
        "number": row.number,
        "note": row.note,
        "source": row.recipe.get("source", ""),
        "steps": row.recipe.get("steps", []),
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
    }
