"""What MLflow's clients send of traces and assessments, as reports and verdicts."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime

from runs.mlflow_api import fields
from runs.mlflow_api.fields import Body
from runs.traces import json_texts
from runs.traces.models import AssessmentKind, TraceState
from runs.traces.services.assessments import Correction, Verdict
from runs.traces.services.reports import Report
from studio.errors import Invalid

MAX_ASSESSMENTS = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_STATES = {str(number): state for number, state in enumerate(("STATE_UNSPECIFIED", "OK", "ERROR", "IN_PROGRESS"))}
# The older form's word for what has no state yet.
_STATUSES = {"TRACE_STATUS_UNSPECIFIED": TraceState.STATE_UNSPECIFIED}


def trace_info(body: Body) -> tuple[str, Report]:
    """The experiment's id and the report in `{"trace": {"trace_info": …}}`."""
    if not isinstance(body.get("trace"), dict):
        raise fields.missing("trace")
    info = body["trace"].get("trace_info")
    if not isinstance(info, dict):
        raise fields.missing("trace.trace_info")
    begun = time_ms(info, "request_time")
    told = info.get("assessments") or []
    if not isinstance(told, list) or len(told) > MAX_ASSESSMENTS:
        raise fields.invalid("assessments", len(told), f"It must be a list of at most {MAX_ASSESSMENTS}.")
    return experiment_id(info), Report(
        trace_id=fields.required(info, "trace_id"),
        request_time_ms=0 if begun is None else begun,
        duration_ms=duration_ms(info),
        state=state_of(info.get("state")),
        request_preview=_optional(info, "request_preview"),
        response_preview=_optional(info, "response_preview"),
        client_request_id=_optional(info, "client_request_id"),
        tags=text_map(info, "tags"),
        metadata=text_map(info, "trace_metadata"),
        verdicts=tuple(verdict(item) for item in told),
    )


def experiment_id(info: Body) -> str:
    """The experiment that a location names; `""` where it names none."""
    location = info.get("trace_location")
    inner = location.get("mlflow_experiment") if isinstance(location, dict) else None
    return fields.text(inner, "experiment_id") if isinstance(inner, dict) else ""


def older_report(body: Body, trace_id: str) -> Report:
    """A trace that begins, in the older form: the server names it and nothing is known of its end."""
    return Report(
        trace_id=trace_id,
        request_time_ms=fields.time_ms(body, "timestamp_ms") or 0,
        state=TraceState.IN_PROGRESS,
        tags=dict(fields.pairs(body, "tags")),
        metadata=dict(fields.pairs(body, "request_metadata")),
    )


def state_of(value: Any) -> str:
    """A trace's state, by name or by number; unspecified when it is not said."""
    if value is None:
        return TraceState.STATE_UNSPECIFIED
    name = _STATES.get(str(value), str(value))
    name = _STATUSES.get(name, name)
    if name not in TraceState.values:
        raise fields.invalid("state", value)
    return name


def verdict(told: Any) -> Verdict:
    """An assessment as a client gives it."""
    if not isinstance(told, dict):
        raise fields.missing("assessment")
    kind, value, error = value_of(told)
    given = told.get("source")
    source: Body = given if isinstance(given, dict) else {}
    return Verdict(
        name=value
        if kind == AssessmentKind.ISSUE and not told.get("assessment_name")
        else fields.required(told, "assessment_name"),
        kind=kind,
        value=value,
        error=error,
        source_type=fields.text(source, "source_type", default="CODE") or "CODE",
        source_id=fields.text(source, "source_id"),
        rationale=_optional(told, "rationale"),
        metadata=text_map(told, "metadata"),
        span_id=fields.text(told, "span_id"),
        overrides=fields.text(told, "overrides"),
        assessment_id=fields.text(told, "assessment_id"),
        created_ms=time_ms(told, "create_time"),
        updated_ms=time_ms(told, "last_update_time"),
        is_valid=told.get("valid") is not False,
    )


def correction(body: Body) -> Correction:
    """What an update changes: the parts that its mask names."""
    told = body.get("assessment")
    if not isinstance(told, dict):
        raise fields.missing("assessment")
    mask = _mask(body.get("update_mask"))
    kind, value, error = None, None, None
    wanted = mask & {"feedback", "expectation"}
    if len(wanted) == 2:
        raise fields.bad("Cannot specify both `expectation` and `feedback` parameters.")
    if wanted:
        kind, value, error = value_of(told)
    return Correction(
        name=fields.required(told, "assessment_name") if "assessment_name" in mask else None,
        kind=kind,
        value=value,
        error=error,
        rationale=fields.text(told, "rationale") if "rationale" in mask else None,
        metadata=text_map(told, "metadata") if "metadata" in mask else None,
    )


def value_of(told: Body) -> tuple[str, Any, Mapping[str, Any] | None]:
    """The kind of an assessment, its value, and the error in place of one."""
    if isinstance(feedback := told.get("feedback"), dict):
        error = feedback.get("error") or told.get("error")
        return AssessmentKind.FEEDBACK, feedback.get("value"), error if isinstance(error, dict) else None
    if isinstance(expectation := told.get("expectation"), dict):
        packed = expectation.get("serialized_value")
        if isinstance(packed, dict):
            return AssessmentKind.EXPECTATION, _unpacked(packed), None
        return AssessmentKind.EXPECTATION, expectation.get("value"), None
    if isinstance(issue := told.get("issue"), dict):
        return AssessmentKind.ISSUE, fields.required(issue, "issue_name"), None
    raise fields.bad("Unknown assessment type: None")


def text_map(body: Body, name: str) -> dict[str, str]:
    """A mapping of texts; other plain values become texts."""
    found = body.get(name) or {}
    if not isinstance(found, dict):
        raise fields.invalid_type(name, found)
    return {str(key): value if isinstance(value, str) else json.dumps(value) for key, value in found.items()}


def time_ms(body: Body, name: str) -> int | None:
    """A moment as milliseconds since the epoch, None when it is not said."""
    text = fields.text(body, name)
    if not text:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise fields.invalid(name, text, "It must be a time such as 2026-01-31T12:00:00.000Z.")
    return (moment - _EPOCH) // _MILLISECOND


def duration_ms(body: Body) -> int | None:
    """`"1.234s"` as milliseconds."""
    text = fields.text(body, "execution_duration")
    if not text:
        return None
    try:
        seconds = float(text.removesuffix("s"))
        if text.endswith("s") and 0 <= seconds < 10**12:
            return round(seconds * 1000)
    except ValueError:
        pass
    raise fields.invalid("execution_duration", text, "It must be seconds such as 1.234s.")


def _optional(body: Body, name: str) -> str | None:
    return None if body.get(name) is None else fields.text(body, name)


def _unpacked(packed: Body) -> Any:
    try:
        return json_texts.parsed(fields.text(packed, "value"))
    except Invalid:
        raise fields.invalid("expectation.serialized_value", packed.get("value"), "It is no JSON.") from None


def _mask(value: Any) -> set[str]:
    """The parts an update names: a text with commas (protobuf's JSON), or a list."""
    if isinstance(value, dict):
        value = value.get("paths")
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise fields.missing("update_mask")
    return {_snake(name.strip()) for name in names}


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
