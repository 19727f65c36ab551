"""Shapes of reports in requests and answers."""

from rest_framework import serializers

from runs.reports.models import MAX_BODY
from runs.reports.services import MAX_TITLE
from studio.api.fields import Int64, Name, StrictBoolean, StrictSerializer, Text


class ReportCreate(StrictSerializer):
    title = Name(max_length=MAX_TITLE)
    body = Text(max_length=MAX_BODY, required=False, allow_blank=True, default="")
    publish = StrictBoolean(required=False, default=False)


class ReportEdit(StrictSerializer):
    """`version` is the one the writer read; without it the newest is overwritten."""

    title = Name(max_length=MAX_TITLE, required=False)
    body = Text(max_length=MAX_BODY, required=False, allow_blank=True)
    version = Int64(min_value=1, max_value=2**31 - 1, required=False)
    publish = StrictBoolean(required=False)


class ReportRow(serializers.Serializer):
    id = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField(help_text="draft or published")
    version = serializers.IntegerField()
    created_by = serializers.DictField(allow_null=True)
    updated_by = serializers.DictField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()


class ReportAnswer(ReportRow):
    body = serializers.CharField()


class ReportVersionRow(serializers.Serializer):
    version = serializers.IntegerField()
    title = serializers.CharField()
    author = serializers.DictField(allow_null=True)
    created_at = serializers.DateTimeField(help_text="when this version was saved")


class ReportVersionAnswer(ReportVersionRow):
    body = serializers.CharField()


class ReportVersionList(serializers.Serializer):
    results = ReportVersionRow(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class ReportList(serializers.Serializer):
    results = ReportRow(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
