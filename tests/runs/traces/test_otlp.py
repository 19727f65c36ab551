import base64
import gzip
import json
import zlib

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from runs.traces import otlp
from runs.traces.models import Trace, TraceSpan
from runs.traces.services import ingest
from studio.errors import Invalid
from tests.factories.traces import BEGIN, SECOND
from tests.people import ApiClient, People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def ben(people: People) -> ApiClient:
    return ApiClient(people.ben, base="/mlflow/vision")


def export(trace: str = "ab" * 16, span: str = "01" * 8, parent: str = "", **values: object) -> bytes:
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    service = group.resource.attributes.add()
    service.key, service.value.string_value = "service.name", "shop"
    told = group.scope_spans.add().spans.add()
    told.trace_id, told.span_id = bytes.fromhex(trace), bytes.fromhex(span)
    told.parent_span_id = bytes.fromhex(parent)
    told.name = str(values.get("name", "checkout"))
    told.start_time_unix_nano, told.end_time_unix_nano = BEGIN, BEGIN + SECOND
    for key, value in dict(values.get("attributes", {})).items():  # type: ignore[call-overload]
        pair = told.attributes.add()
        pair.key = key
        if isinstance(value, int):
            pair.value.int_value = value
        else:
            pair.value.string_value = value
    return request.SerializeToString()


def send(client: ApiClient, body: bytes, content_type: str = otlp.PROTOBUF, **headers: str):
    return client.post("/v1/traces", body, content_type=content_type, headers=headers)


def test_a_plain_exporter_needs_no_header_of_ours(ben: ApiClient) -> None:
    response = send(ben, export())
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == otlp.PROTOBUF
    trace = Trace.objects.get()
    assert (trace.trace_id, trace.name, trace.state) == ("tr-" + "ab" * 16, "checkout", "OK")
    assert trace.experiment.path == "Default"
    assert trace.duration_ms == 1000
    assert {tag.key: tag.value for tag in trace.tags.all()} == {"service.name": "shop"}


def test_an_experiment_is_named_by_its_path(ben: ApiClient) -> None:
    assert send(ben, export(), **{"x-atelier-experiment": "shop/assistant"}).status_code == 200
    assert Trace.objects.get().experiment.path == "shop/assistant"


def test_the_same_post_again_changes_nothing(ben: ApiClient) -> None:
    for _ in range(2):
        assert send(ben, export()).status_code == 200
    assert (Trace.objects.count(), TraceSpan.objects.count()) == (1, 1)
    assert Trace.objects.get().span_count == 1


def test_spans_may_come_before_their_root(ben: ApiClient) -> None:
    send(ben, export(span="02" * 8, parent="01" * 8, name="model"))
    assert Trace.objects.get().state == "IN_PROGRESS"
    send(ben, export())
    trace = Trace.objects.get()
    assert (trace.state, trace.name, trace.span_count) == ("OK", "checkout", 2)


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_bodies_may_be_packed(ben: ApiClient, encoding: str, pack) -> None:
    assert send(ben, pack(export()), **{"Content-Encoding": encoding}).status_code == 200
    assert Trace.objects.count() == 1


def test_json_has_its_identifiers_in_hex(ben: ApiClient) -> None:
    span = {"traceId": "cd" * 16, "spanId": "0a" * 8, "name": "ask", "startTimeUnixNano": str(BEGIN), "kind": 1}
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()
    response = send(ben, body, otlp.JSON)
    assert (response.status_code, response.json()) == (200, {})
    assert Trace.objects.get().trace_id == "tr-" + "cd" * 16


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xff\xff", otlp.PROTOBUF),
        (b"", otlp.PROTOBUF),
        (b"[]", otlp.JSON),
        (b"{}", otlp.JSON),
        (b"nonsense", otlp.JSON),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "zz"}]}]}]}', otlp.JSON),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "abcd"}]}]}]}', otlp.JSON),
        (b"text", "text/plain"),
    ],
)
def test_what_is_no_export_is_refused_with_a_sentence(ben: ApiClient, body: bytes, content_type: str) -> None:
    response = send(ben, body, content_type)
    assert response.status_code in (400, 422)
    assert response.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert not Trace.objects.exists()


def test_conventions_of_other_tools_are_understood(ben: ApiClient) -> None:
    told = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "small-1",
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.usage.output_tokens": 3,
        "gen_ai.input.messages": json.dumps([{"role": "user", "content": "Hello?"}]),
        "session.id": "s-1",
    }
    send(ben, export(attributes=told))
    trace, span = Trace.objects.get(), TraceSpan.objects.get()
    assert (span.type, span.model) == ("CHAT_MODEL", "small-1")
    assert (trace.total_tokens, trace.session, trace.request_preview) == (15, "s-1", "Hello?")


def test_a_flood_is_refused_and_leaves_nothing(ben: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "MAX_SPANS", 1)
    send(ben, export())
    response = send(ben, export(span="02" * 8, parent="01" * 8))
    assert response.status_code == 413
    assert Trace.objects.get().span_count == 1


def test_a_reader_sends_nothing(people: People) -> None:
    assert send(ApiClient(people.rita, base="/mlflow/vision"), export()).status_code == 403


def test_values_survive_the_way_out() -> None:
    batch = otlp.parse(export(attributes={"text": "ü", "count": 3}), otlp.PROTOBUF)
    told = otlp.to_json(batch.spans[0])
    assert base64.b64decode(told["trace_id"]).hex() == "ab" * 16
    assert {"key": "count", "value": {"int_value": 3}} in told["attributes"]


def test_a_span_without_an_id_is_no_span(ben: ApiClient) -> None:
    with pytest.raises(Invalid):
        otlp.parse(export(span="00" * 8), otlp.PROTOBUF)
    assert send(ben, export(span="00" * 8)).status_code == 422
    assert not Trace.objects.exists()


def test_a_wrong_content_type_is_named_as_mlflow_names_it(ben: ApiClient) -> None:
    response = send(ben, export(), "text/plain")
    assert response.status_code == 400
    assert response.json()["message"].startswith("Invalid Content-Type: text/plain")


def test_a_plain_text_is_shown_in_quotes_as_mlflow_shows_it(ben: ApiClient) -> None:
    assert send(ben, export(attributes={"input.value": "Hello", "output.value": "Bye"})).status_code == 200
    trace = Trace.objects.get()
    assert (trace.request_preview, trace.response_preview) == ('"Hello"', '"Bye"')
