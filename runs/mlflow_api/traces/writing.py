"""Traces and assessments in the shapes that MLflow's clients read."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from runs.mlflow_api.artifacts import locations
from runs.traces import otlp
from runs.traces.models import Assessment, AssessmentKind, TraceState
from runs.traces.queries import TraceFacts
from runs.traces.spans import Span

SPANS_HERE = "TRACKING_STORE"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN = (str, int, float, bool, type(None))


def trace(facts: TraceFacts, spans: list[Span]) -> dict[str, Any]:
    """A whole trace, its spans in OpenTelemetry's form."""
    return {"trace_info": trace_info(facts), "spans": [otlp.to_json(span) for span in spans]}


def trace_info(facts: TraceFacts) -> dict[str, Any]:
    """A trace without its spans, in the form of MLflow 3."""
    row = facts.trace
    found: dict[str, Any] = {
        "trace_id": row.trace_id,
        "trace_location": {
            "type": "MLFLOW_EXPERIMENT",
            "mlflow_experiment": {"experiment_id": locations.experiment_id(row.experiment)},
        },
        "request_time": moment(row.request_time_ms),
        "state": row.state,
        "trace_metadata": facts.metadata,
        "tags": tags(facts),
        "assessments": [assessment(told, row.trace_id) for told in facts.assessments],
    }
    if row.duration_ms is not None:
        found["execution_duration"] = duration(row.duration_ms)
    for name in ("request_preview", "response_preview"):
        if getattr(row, name) is not None:
            found[name] = getattr(row, name)
    if row.client_request_id:
        found["client_request_id"] = row.client_request_id
    return found


def older_info(facts: TraceFacts) -> dict[str, Any]:
    """A trace in the form before MLflow 3."""
    row = facts.trace
    is_named = row.state != TraceState.STATE_UNSPECIFIED
    return {
        "request_id": row.trace_id,
        "experiment_id": locations.experiment_id(row.experiment),
        "timestamp_ms": row.request_time_ms,
        "execution_time_ms": row.duration_ms or 0,
        "status": row.state if is_named else "TRACE_STATUS_UNSPECIFIED",
        "request_metadata": [{"key": key, "value": value} for key, value in facts.metadata.items()],
        "tags": [{"key": key, "value": value} for key, value in tags(facts).items()],
    }


def tags(facts: TraceFacts) -> dict[str, str]:
    """The trace's tags, with those by which the client finds its spans."""
    row = facts.trace
    found = dict(facts.tags)
    if row.name:
        found.setdefault("mlflow.traceName", row.name)
    found["mlflow.artifactLocation"] = f"{locations.of_experiment(row.experiment)}/traces/{row.trace_id}/artifacts"
    if row.span_count:
        found["mlflow.trace.spansLocation"] = SPANS_HERE
    return found


def assessment(row: Assessment, trace_id: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "assessment_id": row.assessment_id,
        "assessment_name": row.name,
        "trace_id": trace_id,
        "source": {"source_type": row.source_type, "source_id": row.source_id or "default"},
        "create_time": moment(row.created_ms),
        "last_update_time": moment(row.updated_ms),
        "valid": row.is_valid,
        **_value(row),
    }
    optional = {"span_id": row.span_id, "metadata": row.metadata, "overrides": row.overrides}
    found |= {name: value for name, value in optional.items() if value}
    if row.rationale is not None:
        found["rationale"] = row.rationale
    return found


def moment(milliseconds: int) -> str:
    """Milliseconds since the epoch as protobuf writes a time."""
    at = _EPOCH + timedelta(milliseconds=milliseconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"


def duration(milliseconds: int) -> str:
    whole = max(0, milliseconds)
    return f"{whole // 1000}.{whole % 1000:03d}s"


def _value(row: Assessment) -> dict[str, Any]:
    value = json.loads(row.value) if row.value else None
    if row.kind == AssessmentKind.ISSUE:
        return {"issue": {"issue_name": row.name}}
    if row.kind == AssessmentKind.FEEDBACK:
        error = {"error": row.error} if row.error else {}
        return {"feedback": {"value": value, **error}}
    if isinstance(value, _PLAIN) or (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        return {"expectation": {"value": value}}
    packed = {"serialization_format": "JSON_FORMAT", "value": row.value}
    return {"expectation": {"serialized_value": packed}}
