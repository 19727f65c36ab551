"""OpenTelemetry's trace protocol (OTLP over HTTP): its protobuf and JSON forms as spans of ours, and back."""

import base64
import binascii
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from runs.traces import json_texts, protobuf_size
from runs.traces.spans import ERROR, OK, REQUEST_ID, UNSET, Event, Link, Span
from studio.api import parsers
from studio.errors import Invalid

PROTOBUF, JSON = "application/x-protobuf", "application/json"
MAX_DEPTH = 64
_INT64 = 2**63
_STATUS = {0: UNSET, 1: OK, 2: ERROR}
_STATUS_CODES = {OK: "STATUS_CODE_OK", ERROR: "STATUS_CODE_ERROR", UNSET: "STATUS_CODE_UNSET"}
_HEX_FIELDS = ("traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id")


@dataclass(frozen=True, slots=True)
class Batch:
    """What one export brought: its spans, and what their process said of itself, by trace."""

    spans: list[Span]
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)


class _Incomplete(Invalid):
    """An export that can be read, with a span in it that can't be told from others: MLflow's server answers 422."""

    status = 422


def parse(body: bytes, content_type: str) -> Batch:
    """The spans of an export request. Raises Invalid when the body is none."""
    media_type = content_type.split(";")[0].strip().lower()
    if media_type not in (PROTOBUF, JSON):
        raise Invalid("bad_spans", f"Invalid Content-Type: {content_type[:100]}. Expected: {PROTOBUF} or {JSON}.")
    request = ExportTraceServiceRequest()
    try:
        if media_type == JSON:
            told = parsers.loads(body, allow_nan=True)
            json_format.ParseDict(_with_plain_ids(told), request, ignore_unknown_fields=True)
        else:
            protobuf_size.check(body, ExportTraceServiceRequest.DESCRIPTOR, most=parsers.MAX_CONTAINERS)
            request.ParseFromString(body)
    except protobuf_size.TooMany:
        raise _bad(f"it holds more than {parsers.MAX_CONTAINERS:,} spans, attributes and values") from None
    except (DecodeError, json_format.Error, ValueError, TypeError, RecursionError, AttributeError):
        raise _bad("it can't be read") from None
    return _batch(request)


def to_json(span: Span) -> dict[str, Any]:
    """One span in OTLP's protobuf-JSON form, as MLflow's client reads it: identifiers in base64."""
    found = {
        "trace_id": _base64(span.trace_id),
        "span_id": _base64(span.span_id),
        "name": span.name,
        "start_time_unix_nano": span.start_ns,
        "end_time_unix_nano": span.end_ns or 0,
        "attributes": _key_values(span.attributes),
        "events": [
            {"name": event.name, "time_unix_nano": event.time_ns, "attributes": _key_values(event.attributes)}
            for event in span.events
        ],
        "links": [
            {
                "trace_id": _base64(link.trace_id),
                "span_id": _base64(link.span_id),
                "attributes": _key_values(link.attributes),
            }
            for link in span.links
        ],
        "status": {"code": _STATUS_CODES[span.status], "message": span.message},
    }
    if span.parent_id:
        found["parent_span_id"] = _base64(span.parent_id)
    return found


def status_code(status: str) -> str:
    """OTLP's name of a status."""
    return _STATUS_CODES[status]


def _batch(request: ExportTraceServiceRequest) -> Batch:
    batch = Batch(spans=[])
    for group in request.resource_spans:
        resource = _plain_mapping(group.resource.attributes)
        for told in _spans_of(group):
            span = _span(told)
            batch.spans.append(span)
            if resource:
                batch.resources.setdefault(span.trace_id, resource)
    return batch


def _spans_of(group: Any) -> Iterator[Any]:
    for scope in group.scope_spans:
        yield from scope.spans


def _span(told: Any) -> Span:
    if len(told.trace_id) != 16 or not any(told.trace_id):
        raise _Incomplete("bad_spans", "A span has no trace id of 16 bytes.")
    if len(told.span_id) != 8 or not any(told.span_id):
        raise _Incomplete("bad_spans", "A span has no id of 8 bytes.")
    if max(told.start_time_unix_nano, told.end_time_unix_nano) >= _INT64:
        raise _bad("a span's time is out of range")
    trace_id = told.trace_id.hex()
    attributes = _without_double_json(_plain_mapping(told.attributes))
    attributes[REQUEST_ID] = f"tr-{trace_id}"
    return Span(
        trace_id=trace_id,
        span_id=told.span_id.hex(),
        parent_id=told.parent_span_id.hex() if any(told.parent_span_id) else "",
        name=told.name,
        start_ns=told.start_time_unix_nano,
        end_ns=told.end_time_unix_nano or None,
        status=_STATUS.get(told.status.code, UNSET),
        message=told.status.message,
        attributes=attributes,
        events=tuple(_event(event) for event in told.events),
        links=tuple(_link(link) for link in told.links),
    )


def _event(told: Any) -> Event:
    return Event(name=told.name, time_ns=told.time_unix_nano, attributes=_plain_mapping(told.attributes))


def _link(told: Any) -> Link:
    return Link(trace_id=told.trace_id.hex(), span_id=told.span_id.hex(), attributes=_plain_mapping(told.attributes))


def _without_double_json(attributes: dict[str, Any]) -> dict[str, Any]:
    """MLflow's SDK keeps attributes as JSON texts; a plain exporter sends them so. Objects, lists and texts are undone."""
    found = dict(attributes)
    for key, value in attributes.items():
        if key.startswith("mlflow.") and isinstance(value, str) and value[:1] in '{["':
            found[key] = json_texts.value_of(value)
    return found


def _plain_mapping(pairs: Any, depth: int = 0) -> dict[str, Any]:
    return {pair.key: _plain(pair.value, depth) for pair in pairs}


def _plain(value: Any, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise _bad(f"an attribute is nested deeper than {MAX_DEPTH} levels")
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "array_value":
        return [_plain(item, depth + 1) for item in value.array_value.values]
    if kind == "kvlist_value":
        return _plain_mapping(value.kvlist_value.values, depth + 1)
    if kind == "bytes_value":
        return base64.b64encode(value.bytes_value).decode()
    return getattr(value, kind)


def _key_values(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _any_value(value)} for key, value in attributes.items()]


def _any_value(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"bool_value": value}
    if isinstance(value, int):
        return {"int_value": value} if -_INT64 <= value < _INT64 else {"string_value": str(value)}
    if isinstance(value, float):
        return {"double_value": value if math.isfinite(value) else _float_word(value)}
    if isinstance(value, Mapping):
        return {"kvlist_value": {"values": _key_values(value)}}
    if isinstance(value, list | tuple):
        return {"array_value": {"values": [_any_value(item) for item in value]}}
    return {"string_value": str(value)}


def _float_word(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _with_plain_ids(told: Any) -> Any:
    """OTLP's JSON writes identifiers in hex where protobuf's own JSON has base64."""
    if isinstance(told, dict):
        return {key: _id(value) if key in _HEX_FIELDS else _with_plain_ids(value) for key, value in told.items()}
    return [_with_plain_ids(item) for item in told] if isinstance(told, list) else told


def _id(value: Any) -> str:
    try:
        return base64.b64encode(bytes.fromhex(value)).decode()
    except (ValueError, TypeError):
        raise _bad("an identifier is not hexadecimal") from None


def _base64(identifier: str) -> str:
    try:
        return base64.b64encode(binascii.unhexlify(identifier)).decode()
    except (binascii.Error, ValueError):
        return ""


def _bad(problem: str) -> Invalid:
    return Invalid("bad_spans", f"This is no OpenTelemetry trace export: {problem}.")
