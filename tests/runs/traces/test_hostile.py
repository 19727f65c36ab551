"""Spans that are made to hurt: bombs, and values that could be stored but never shown again."""

import gzip
import json
import time
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from runs.traces import otlp, protobuf_size
from runs.traces.models import Trace
from tests.people import ApiClient, People
from tests.runs.traces.test_otlp import export, send

pytestmark = pytest.mark.django_db
TRACE = "tr-" + "ab" * 16


@pytest.fixture
def ben(people: People) -> ApiClient:
    client = ApiClient(people.ben, base="/mlflow/vision")
    client.http.raise_request_exception = False
    return client


def nested(inside: bytes, *fields: int) -> bytes:
    """A message in a message in a message, each under its field's number."""
    for number in reversed(fields):
        size, told = len(inside), b""
        while size > 127:
            told, size = told + bytes([size & 127 | 128]), size >> 7
        inside = bytes([number << 3 | 2]) + told + bytes([size]) + inside
    return inside


# Empty groups, spans, attributes and values, two bytes each; an unknown group before them.
BOMBS = [
    b"\x0a\x00" * 2_000_000,
    nested(b"\x12\x00" * 2_000_000, 1, 2),
    nested(b"\x4a\x00" * 2_000_000, 1, 2, 2),
    nested(b"\x0a\x00" * 2_000_000, 1, 2, 2, 9, 2, 5),
    b"\xc3\x3e\xc4\x3e" + b"\x0a\x00" * 2_000_000,
]


@pytest.mark.parametrize("bomb", BOMBS)
def test_A41_a_small_packed_export_that_would_fill_the_memory_is_refused(ben: ApiClient, bomb: bytes) -> None:
    packed = gzip.compress(bomb)
    assert len(packed) < 20_000
    started = time.monotonic()
    answer = send(ben, packed, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 400, answer.content
    assert "more than" in answer.json()["message"]
    assert time.monotonic() - started < 5


def test_A41_so_is_one_in_json(ben: ApiClient) -> None:
    body = b'{"resourceSpans":[' + b"{}," * 2_000_000 + b"{}]}"
    answer = send(ben, gzip.compress(body), otlp.JSON, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 400
    assert not Trace.objects.exists()


def test_what_is_counted_is_what_is_there() -> None:
    request = ExportTraceServiceRequest()
    request.ParseFromString(export(attributes={"a": "b", "c": 1}))
    body = request.SerializeToString()
    # resource spans, resource, its attribute and value, scope spans, span, two attributes with values
    protobuf_size.check(body * 2_000, request.DESCRIPTOR, most=20_000)
    with pytest.raises(protobuf_size.TooMany):
        protobuf_size.check(body * 2_000, request.DESCRIPTOR, most=2_000)


DEEP = "[" * 300 + "]" * 300


@pytest.mark.parametrize(
    "told",
    [
        DEEP,
        '{"a":' * 60 + "1" + "}" * 60,
        '["\\ud800"]',
        '["a\\u0000"]',
        "[1e999, NaN]",
        "[" + "9" * 5_000 + "]",
        '{"a":1,"a":2}',
    ],
)
def test_A87_A88_A89_a_span_that_is_stored_can_be_shown_everywhere(
    ben: ApiClient, people: People, browser: Any, told: str
) -> None:
    attributes = {"mlflow.spanInputs": told, "mlflow.spanOutputs": told, "mlflow.chat.tokenUsage": told}
    assert send(ben, export(attributes=attributes)).status_code == 200
    for path in (
        f"/api/3.0/mlflow/traces/get?trace_id={TRACE}",
        f"/api/3.0/mlflow/traces/batchGet?trace_ids={TRACE}",
        f"/ajax-api/2.0/mlflow/get-trace-artifact?request_id={TRACE}",
    ):
        answer = ben.get(path)
        assert answer.status_code == 200, answer.getvalue()[:300]
    rest = ApiClient(people.ben).get(f"/api/v1/workspaces/vision/traces/{TRACE}")
    assert rest.status_code == 200
    assert browser(people.rita).get(f"/w/vision/traces/{TRACE}/").status_code == 200


@pytest.mark.parametrize("value", [DEEP, '"\\ud800"', '{"a":1,"a":2}'])
def test_A87_A88_an_expectation_that_could_not_be_shown_is_refused(ben: ApiClient, value: str) -> None:
    send(ben, export())
    packed = {"serialization_format": "JSON_FORMAT", "value": value}
    told = {"assessment_name": "a", "source": {"source_type": "HUMAN"}, "expectation": {"serialized_value": packed}}
    answer = ben.post(f"/api/3.0/mlflow/traces/{TRACE}/assessments", {"assessment": told})
    assert answer.status_code == 400
    assert ben.get(f"/api/3.0/mlflow/traces/{TRACE}").status_code == 200


def test_A88_a_document_of_spans_that_is_none_changes_nothing(ben: ApiClient) -> None:
    send(ben, export())
    trace = Trace.objects.get()
    path = f"/api/2.0/mlflow-artifacts/artifacts/{trace.experiment_id}/traces/{TRACE}/artifacts/traces.json"
    span = {"trace_id": "q" * 24, "span_id": "AAAAAAAAAAE=", "name": "a"}
    for document in (
        b"[" * 100_000,
        json.dumps({"spans": [{**span, "start_time_unix_nano": 10**30}]}).encode(),
        json.dumps({"spans": [{**span, "start_time_unix_nano": 1e999}]}).encode(),
        json.dumps({"spans": [{**span, "events": [{"time_unix_nano": "x"}]}]}).encode(),
        b'{"spans": 7}',
        b"\xff",
    ):
        answer = ben.put(path, document, content_type="application/json")
        assert answer.status_code == 400, (document[:80], answer.content)
    assert ben.get(f"/api/3.0/mlflow/traces/get?trace_id={TRACE}").status_code == 200
