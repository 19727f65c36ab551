"""Shapes of the grid's requests, checked strictly, and of its answers as the API's description shows them."""

from rest_framework import serializers

from runs.tracking.serializers import Anything
from studio.api.fields import Int64, Name, StrictBoolean, StrictSerializer, Text

MAX_POSITION = 10_000_000
MAX_ROWS = 500
SPEC = 300


class WindowOpen(StrictSerializer):
    query = serializers.DictField(child=Anything(allow_null=True))
    base = Text(max_length=40, required=False, allow_blank=True, default="")


class RowsRead(StrictSerializer):
    """A part of a window by position, or runs by id; the question goes along in case the window is forgotten."""

    query = serializers.DictField(child=Anything(allow_null=True))
    window = Text(max_length=40, required=False, allow_blank=True, default="")
    start = Int64(min_value=0, max_value=MAX_POSITION, required=False, default=0)
    end = Int64(min_value=0, max_value=MAX_POSITION, required=False, default=100)
    ids = serializers.ListField(child=Text(max_length=40), required=False, max_length=MAX_ROWS)
    columns = serializers.ListField(child=Text(max_length=SPEC), max_length=200, required=False, default=list)


class OutlineRead(StrictSerializer):
    """A part of a window by position, as for rows."""

    query = serializers.DictField(child=Anything(allow_null=True))
    window = Text(max_length=40, required=False, allow_blank=True, default="")
    start = Int64(min_value=0, max_value=MAX_POSITION, required=False, default=0)
    end = Int64(min_value=0, max_value=MAX_POSITION, required=False, default=1000)


class LookAt(StrictSerializer):
    query = serializers.DictField(child=Anything(allow_null=True))
    window = Text(max_length=40, required=False, allow_blank=True, default="")
    columns = serializers.ListField(child=Text(max_length=SPEC), max_length=200)


class Export(StrictSerializer):
    query = serializers.DictField(child=Anything(allow_null=True))
    columns = serializers.ListField(child=Text(max_length=SPEC), max_length=200, required=False, default=list)
    format = serializers.ChoiceField(choices=["csv", "json", "parquet"], required=False, default="csv")


class RunBulk(StrictSerializer):
    """The runs by id, by a filter in the search language, or by a grid's whole question."""

    ids = serializers.ListField(child=Text(max_length=40), min_length=1, max_length=1000, required=False)
    filter = Text(max_length=10_000, required=False)
    experiment = Text(max_length=500, required=False, allow_blank=True, default="")
    query = serializers.DictField(child=Anything(allow_null=True), required=False)
    action = serializers.ChoiceField(choices=["stop", "archive", "restore", "tag", "move", "trash"])
    tags = serializers.DictField(child=Anything(allow_null=True), required=False, default=dict)
    to = Text(max_length=255, required=False, allow_blank=True, default="")


class ViewSave(StrictSerializer):
    name = Name(max_length=120, required=False, allow_blank=True, default="")
    state = serializers.DictField(child=Anything(allow_null=True))
    experiment = Text(max_length=500, required=False, allow_blank=True, default="")
    scope = serializers.ChoiceField(choices=["personal", "team", "link"], required=False, default="personal")
    is_default = StrictBoolean(required=False, default=False)


class ViewEdit(StrictSerializer):
    name = Name(max_length=120, required=False)
    state = serializers.DictField(child=Anything(allow_null=True), required=False)
    scope = serializers.ChoiceField(choices=["personal", "team"], required=False)
    is_default = StrictBoolean(required=False)


# --- answers, for the description only --------------------------------------------------------------------------------


class WindowAnswer(serializers.Serializer):
    window = serializers.CharField()
    runs = serializers.IntegerField()
    rows = serializers.IntegerField()


class RowsAnswer(serializers.Serializer):
    window = serializers.CharField()
    runs = serializers.IntegerField()
    rows = serializers.IntegerField()
    fresh = serializers.IntegerField()
    results = serializers.ListField(child=serializers.DictField())


class OutlineAnswer(WindowAnswer):
    results = serializers.ListField(child=serializers.ListField())


class KeyAnswer(serializers.Serializer):
    column = serializers.CharField()
    kind = serializers.CharField()
    key = serializers.CharField()
    count = serializers.IntegerField()
    goal = serializers.CharField()


class KeysAnswer(serializers.Serializer):
    results = KeyAnswer(many=True)
    total = serializers.IntegerField()


class LookAnswer(serializers.Serializer):
    alike = serializers.ListField(child=serializers.CharField())
    ranges = serializers.DictField()


class ViewAnswer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    scope = serializers.CharField()
    experiment = serializers.CharField(allow_null=True)
    is_default = serializers.BooleanField()
    owner = serializers.CharField(allow_null=True)
    is_mine = serializers.BooleanField()
    updated_at = serializers.DateTimeField()
    url = serializers.CharField()
    state = serializers.DictField(required=False)


class ViewList(serializers.Serializer):
    results = ViewAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class RefusalAnswer(serializers.Serializer):
    id = serializers.CharField()
    reason = serializers.CharField()


class BulkAnswer(serializers.Serializer):
    changed = serializers.ListField(child=serializers.CharField())
    refused = RefusalAnswer(many=True)


class BulkBegunAnswer(BulkAnswer):
    change = serializers.IntegerField()
    total = serializers.IntegerField()


class BulkChangeAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    action = serializers.CharField()
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    changed = serializers.IntegerField()
    refused_count = serializers.IntegerField()
    refused = RefusalAnswer(many=True)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
