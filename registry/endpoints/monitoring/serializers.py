"""Shapes of what is said about samples and reports."""

from typing import Any

from rest_framework import serializers

from registry.endpoints import collecting
from registry.endpoints.models import Deployment
from registry.endpoints.monitoring import queries, references
from registry.endpoints.monitoring.models import DriftReport
from studio.api.fields import AnyTable, Int64, StrictSerializer, Text


class CollectorBody(StrictSerializer):
    """Azure's data_collector, and `drift`: {"daily", "reference", "days"}. An empty body keeps nothing any more."""

    sampling_rate = serializers.FloatField(min_value=0, max_value=1, required=False)
    rolling_rate = serializers.ChoiceField(choices=collecting.ROLLING, required=False)
    collections = AnyTable(required=False)
    drift = AnyTable(required=False)


class NewDriftReport(StrictSerializer):
    """Without `since` and `until` it is about the last `days`."""

    against = Text(max_length=400, required=False, allow_blank=True, default="")
    days = Int64(min_value=1, max_value=90, required=False, default=1)
    since = serializers.DateTimeField(required=False, allow_null=True, default=None)
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class CollectionAnswer(serializers.Serializer):
    name = serializers.CharField()
    records = serializers.IntegerField(help_text="requests that were kept")
    rows = serializers.IntegerField()
    records_of_a_day = serializers.IntegerField()
    missed = serializers.IntegerField(help_text="chosen, but too large or without room")
    size = serializers.IntegerField()
    until = serializers.DateTimeField(allow_null=True)
    path = serializers.CharField()


class CollectorAnswer(serializers.Serializer):
    data_collector = AnyTable()
    is_on = serializers.BooleanField()
    collections = CollectionAnswer(many=True)
    trained_on = serializers.ListField(child=serializers.CharField(), help_text="data the model learnt from")


class DriftColumnAnswer(serializers.Serializer):
    name = serializers.CharField()
    role = serializers.CharField(help_text="input or output")
    against = serializers.CharField()
    type = serializers.CharField()
    level = serializers.ChoiceField(choices=["large", "moderate", "small"])
    is_drifted = serializers.BooleanField()
    sentence = serializers.CharField()
    psi = serializers.FloatField(allow_null=True)
    js = serializers.FloatField(allow_null=True)
    ks = serializers.FloatField(allow_null=True)
    chance = serializers.FloatField(allow_null=True, help_text="the PSI that chance alone may give")
    missing = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    bins = serializers.ListField(child=serializers.CharField())
    before = serializers.ListField(child=serializers.FloatField())
    now = serializers.ListField(child=serializers.FloatField())


class DriftReportAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    deployment = serializers.CharField()
    state = serializers.CharField(help_text="pending, ready or failed")
    problem = serializers.CharField(allow_blank=True)
    summary = serializers.CharField(allow_blank=True)
    drifted = serializers.BooleanField(allow_null=True)
    reference = serializers.CharField(allow_blank=True)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    rows = serializers.IntegerField()
    reference_rows = serializers.IntegerField()
    is_scheduled = serializers.BooleanField()
    columns = DriftColumnAnswer(many=True)
    url = serializers.CharField()
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class DriftReportList(serializers.Serializer):
    results = DriftReportAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


def collector(deployment: Deployment) -> dict[str, Any]:
    return {
        "data_collector": deployment.collector,
        "is_on": collecting.sampled(deployment.collector) is not None,
        "collections": [
            {
                "name": one.collection,
                "records": one.records,
                "rows": one.rows,
                "records_of_a_day": one.recent,
                "missed": one.missed,
                "size": one.size,
                "until": one.until,
                "path": one.folder,
            }
            for one in queries.collected(deployment)
        ],
        "trained_on": [version.reference for version in references.known(deployment)],
    }


def report(row: DriftReport) -> dict[str, Any]:
    return {
        "id": row.pk,
        "deployment": row.deployment.name,
        "state": row.state,
        "problem": row.problem,
        "summary": row.summary,
        "drifted": row.drifted,
        "reference": row.reference,
        "since": row.since,
        "until": row.until,
        "rows": row.row_count,
        "reference_rows": row.reference_rows,
        "is_scheduled": row.is_scheduled,
        "columns": row.columns,
        "url": row.get_absolute_url(),
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }
