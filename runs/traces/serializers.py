"""Shapes of requests about traces, checked strictly, and of answers as the API's description shows them."""

from typing import Any

from rest_framework import serializers

from runs.traces import pages, spans
from runs.traces.models import MAX_KEY, MAX_TRACE_ID, Assessment, AssessmentKind
from runs.traces.queries import TraceFacts
from runs.traces.services.assessments import MAX_RATIONALE
from runs.traces.services.words import account
from studio.api.fields import Int64, StrictSerializer, Text

MAX_IDS = 1_000


class Anything(serializers.JSONField):
    """A JSON value whose inside a service judges."""


class AssessmentGiven(StrictSerializer):
    name = Text(max_length=MAX_KEY)
    kind = serializers.ChoiceField(choices=[AssessmentKind.FEEDBACK.value, AssessmentKind.EXPECTATION.value])
    value = Anything(allow_null=True)
    rationale = Text(max_length=MAX_RATIONALE, required=False, allow_null=True, allow_blank=True, default=None)
    source_type = serializers.ChoiceField(choices=["HUMAN", "LLM_JUDGE", "CODE"], required=False, default="HUMAN")
    source_id = Text(max_length=MAX_KEY, required=False, allow_blank=True, default="")
    span_id = Text(max_length=16, required=False, allow_blank=True, default="")
    metadata = serializers.DictField(child=Text(max_length=8_000, allow_blank=True), required=False, default=dict)


class TraceEdit(StrictSerializer):
    """Tags to set; null removes one."""

    tags = serializers.DictField(child=Text(max_length=8_000, allow_blank=True, allow_null=True))


class TracesDelete(StrictSerializer):
    """Either `ids`, or an experiment and a time."""

    ids = serializers.ListField(child=Text(max_length=MAX_TRACE_ID), required=False, max_length=MAX_IDS)
    experiment = Text(max_length=500, required=False)
    until_ms = Int64(min_value=0, required=False)
    limit = Int64(min_value=1, required=False)


class TracesDeleted(serializers.Serializer[Any]):
    deleted = serializers.IntegerField()


class AssessmentAnswer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    value = serializers.JSONField(allow_null=True)
    rationale = serializers.CharField(allow_null=True)
    error = serializers.DictField(allow_null=True)
    source_type = serializers.CharField()
    source_id = serializers.CharField()
    span_id = serializers.CharField()
    metadata = serializers.DictField()
    is_valid = serializers.BooleanField()  # type: ignore[assignment]
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TraceAnswer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    experiment = serializers.CharField()
    run = serializers.CharField(allow_null=True)
    state = serializers.CharField()
    started_at = serializers.DateTimeField()
    duration_ms = serializers.IntegerField(allow_null=True)
    request_preview = serializers.CharField(allow_null=True)
    response_preview = serializers.CharField(allow_null=True)
    session = serializers.CharField()
    tokens = serializers.DictField()
    span_count = serializers.IntegerField()
    tags = serializers.DictField()
    metadata = serializers.DictField()
    assessments = AssessmentAnswer(many=True)


class SpanAnswer(serializers.Serializer[Any]):
    id = serializers.CharField()
    parent_id = serializers.CharField()
    name = serializers.CharField()
    type = serializers.CharField()
    status = serializers.CharField()
    message = serializers.CharField()
    start_ns = serializers.IntegerField()
    end_ns = serializers.IntegerField(allow_null=True)
    inputs = serializers.JSONField(allow_null=True)
    outputs = serializers.JSONField(allow_null=True)
    attributes = serializers.DictField()
    events = serializers.ListField(child=serializers.DictField())


class WholeTraceAnswer(TraceAnswer):
    spans = SpanAnswer(many=True)


class TraceListAnswer(serializers.Serializer[Any]):
    results = TraceAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class AssessmentListAnswer(serializers.Serializer[Any]):
    results = AssessmentAnswer(many=True)


def trace(facts: TraceFacts) -> dict[str, Any]:
    row = facts.trace
    return {
        "id": row.trace_id,
        "name": row.name,
        "experiment": row.experiment.path,
        "run": row.run_id,
        "state": row.state,
        "started_at": pages.moment(row.request_time_ms),
        "duration_ms": row.duration_ms,
        "request_preview": row.request_preview,
        "response_preview": row.response_preview,
        "session": row.session,
        "tokens": {
            name: value
            for name, value in (
                ("input", row.input_tokens),
                ("output", row.output_tokens),
                ("total", row.total_tokens),
            )
            if value is not None
        },
        "span_count": row.span_count,
        "tags": facts.tags,
        "metadata": facts.metadata,
        "assessments": [assessment(told) for told in facts.assessments],
    }


def assessment(row: Assessment) -> dict[str, Any]:
    return {
        "id": row.assessment_id,
        "name": row.name,
        "kind": row.kind,
        "value": account(f'{{"value": {row.value or "null"}}}').get("value"),
        "rationale": row.rationale,
        "error": row.error,
        "source_type": row.source_type,
        "source_id": row.source_id,
        "span_id": row.span_id,
        "metadata": row.metadata,
        "is_valid": row.is_valid,
        "created_at": pages.moment(row.created_ms),
        "updated_at": pages.moment(row.updated_ms),
    }


def span(told: spans.Span) -> dict[str, Any]:
    hidden = {spans.INPUTS, spans.OUTPUTS}
    return {
        "id": told.span_id,
        "parent_id": told.parent_id,
        "name": told.name,
        "type": told.type,
        "status": told.status,
        "message": told.message,
        "start_ns": told.start_ns,
        "end_ns": told.end_ns,
        "inputs": told.inputs,
        "outputs": told.outputs,
        "attributes": {key: value for key, value in told.attributes.items() if key not in hidden},
        "events": [
            {"name": event.name, "time_ns": event.time_ns, "attributes": event.attributes} for event in told.events
        ],
    }
