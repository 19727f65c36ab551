"""Shapes of bodies about schedules."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from runs.schedules.models import Schedule
from studio.api.fields import AnyTable, Int64, Name, StrictBoolean, StrictSerializer, Text

MAX_TEXT = 1024 * 1024
MOST_TIMES = 50
KINDS = ", ".join(Schedule.Kind.values)
NUMBER = {"min_value": 1, "max_value": 2**31 - 1}


class Moment(serializers.DateTimeField):
    """A time with its offset."""

    default_error_messages = {"far": "Give a time between the years 1970 and 2200."}

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            self.fail("invalid", format="2026-05-10T09:30:00Z")
        found = super().to_internal_value(value)
        if not 1970 <= found.year <= 2200:
            self.fail("far")
        return found


class EditScheduleBody(StrictSerializer):
    """What a schedule says. It runs one of `pipeline` (with `version`, or the draft kept as one), `endpoint`, `document`."""

    name = Name(max_length=255, required=False)
    description = Text(max_length=20_000, required=False, allow_blank=True)
    kind = Text(max_length=20, required=False, help_text=KINDS)
    trigger = AnyTable(required=False)
    time_zone = Text(max_length=64, required=False)
    starts_at = Moment(required=False, allow_null=True)
    ends_at = Moment(required=False, allow_null=True)
    is_paused = StrictBoolean(required=False)
    pipeline = Int64(**NUMBER, required=False, allow_null=True)
    version = Int64(**NUMBER, required=False, allow_null=True)
    endpoint = Text(max_length=255, required=False, allow_blank=True)
    document = AnyTable(required=False, allow_null=True)
    inputs = AnyTable(required=False)
    experiment = Text(max_length=500, required=False, allow_blank=True)


class NewScheduleBody(EditScheduleBody):
    """The fields of a schedule, or `text`: Azure ML's schedule file, with the `files` that it names."""

    text = Text(max_length=MAX_TEXT, required=False, allow_blank=True)
    files = serializers.DictField(child=Text(max_length=MAX_TEXT, allow_blank=True), required=False)


class SchedulePreviewBody(StrictSerializer):
    kind = Text(max_length=20, help_text=KINDS)
    trigger = AnyTable(required=False, default=dict)
    time_zone = Text(max_length=64, required=False, default="UTC")
    starts_at = Moment(required=False, allow_null=True, default=None)
    ends_at = Moment(required=False, allow_null=True, default=None)
    count = Int64(min_value=1, max_value=MOST_TIMES, required=False, default=5)


class FireScheduleBody(StrictSerializer):
    """`inputs`: what an event would bring, for trying one out."""

    inputs = AnyTable(required=False, default=dict)


class BackfillScheduleBody(StrictSerializer):
    since = Moment()
    until = Moment()


class SchedulePreviewAnswer(serializers.Serializer):
    words = serializers.CharField()
    time_zone = serializers.CharField()
    times = serializers.ListField(child=serializers.DateTimeField())
    local_times = serializers.ListField(child=serializers.CharField(), help_text="the same on the wall of the zone")


class FiringRunAnswer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    state = serializers.CharField()
    url = serializers.CharField()


class FiringAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    key = serializers.CharField()
    due_at = serializers.DateTimeField()
    state = serializers.CharField(help_text="pending, started, failed or skipped")
    inputs = AnyTable()
    is_backfill = serializers.BooleanField()
    run = FiringRunAnswer(allow_null=True)
    problem = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class FiringList(serializers.Serializer):
    results = FiringAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class ScheduleAnswer(serializers.Serializer):
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    kind = serializers.CharField(help_text=KINDS)
    trigger = AnyTable()
    words = serializers.CharField()
    time_zone = serializers.CharField()
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    is_paused = serializers.BooleanField()
    next_at = serializers.DateTimeField(allow_null=True)
    pipeline = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    endpoint = serializers.CharField(allow_null=True)
    document = AnyTable(allow_null=True)
    inputs = AnyTable()
    experiment = serializers.CharField(allow_blank=True)
    owner = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    url = serializers.CharField()


class ScheduleList(serializers.Serializer):
    results = ScheduleAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class BackfillScheduleAnswer(serializers.Serializer):
    firings = FiringAnswer(many=True)


class ScheduleAddressAnswer(serializers.Serializer):
    url = serializers.CharField()
