"""MLflow's own client traces into a live studio, unchanged."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests import real_studio

mlflow = pytest.importorskip("mlflow")
pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    running = real_studio.start(tmp_path_factory.mktemp("traces") / "var")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_TOKEN", running.token)
        patch.setenv("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "false")
        patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        mlflow.set_tracking_uri(f"{running.url}/mlflow/main")
        yield f"{running.url}/mlflow/main"
        mlflow.set_tracking_uri(None)
    running.stop()


@pytest.fixture
def experiment(uri: str) -> str:
    return str(mlflow.set_experiment(f"traces/{uuid.uuid4().hex[:8]}").experiment_id)


def traced(question: str = "Where is it?", *, fails: bool = False) -> str:
    """One request of an application, traced; the id of its trace."""

    @mlflow.trace(span_type="TOOL")
    def look_up(number: int) -> dict[str, Any]:
        if fails:
            raise LookupError(f"there is no order {number}")
        return {"state": "shipped"}

    @mlflow.trace(name="answer", attributes={"version": 2})
    def answer(question: str) -> str:
        with mlflow.start_span("model", span_type="CHAT_MODEL") as span:
            span.set_inputs({"messages": [{"role": "user", "content": question}]})
            span.set_attribute("mlflow.chat.tokenUsage", {"input_tokens": 7, "output_tokens": 5, "total_tokens": 12})
            span.set_outputs({"choices": [{"message": {"role": "assistant", "content": "On its way."}}]})
        mlflow.update_current_trace(tags={"env": "test"}, metadata={"mlflow.trace.session": "chat-1"})
        look_up(4711)
        return "On its way."

    try:
        answer(question)
    except LookupError:
        pass
    trace_id = mlflow.get_last_active_trace_id()
    assert isinstance(trace_id, str)
    return trace_id


def test_a_span_tree_comes_back_as_it_was(experiment: str) -> None:
    trace = mlflow.get_trace(traced())
    by_name = {span.name: span for span in trace.data.spans}
    assert set(by_name) == {"answer", "model", "look_up"}
    assert by_name["model"].parent_id == by_name["answer"].span_id
    assert by_name["model"].inputs == {"messages": [{"role": "user", "content": "Where is it?"}]}
    assert by_name["look_up"].outputs == {"state": "shipped"}
    assert by_name["answer"].get_attribute("version") == 2
    assert trace.info.token_usage == {"input_tokens": 7, "output_tokens": 5, "total_tokens": 12}
    assert trace.info.experiment_id == experiment
    assert trace.info.tags["env"] == "test"
    assert str(trace.info.state) == "OK"


def test_an_exception_is_kept_with_its_stack(experiment: str) -> None:
    trace = mlflow.get_trace(traced(fails=True))
    assert str(trace.info.state) == "ERROR"
    failed = next(span for span in trace.data.spans if span.name == "look_up")
    assert failed.status.status_code == "ERROR"
    event = failed.events[0]
    assert event.attributes["exception.type"] == "LookupError"
    assert "look_up" in event.attributes["exception.stacktrace"]


@pytest.mark.parametrize(
    ("filter_string", "count"),
    [
        ("", 2),
        ("trace.status = 'ERROR'", 1),
        ("tags.env = 'test' AND trace.status = 'OK'", 1),
        ("metadata.`mlflow.trace.session` = 'chat-1'", 2),
        ("span.type = 'TOOL' AND span.status = 'ERROR'", 1),
        ("trace.text LIKE '%no order 4711%'", 1),
        ("trace.name = 'answer'", 2),
        ("trace.execution_time_ms >= 0", 2),
        ("trace.timestamp_ms < 1000", 0),
    ],
)
def test_search(experiment: str, filter_string: str, count: int) -> None:
    traced()
    traced(fails=True)
    found = mlflow.search_traces(locations=[experiment], filter_string=filter_string, return_type="list")
    assert len(found) == count


def test_pages_follow_one_another(experiment: str) -> None:
    ids = [traced(str(number)) for number in range(5)]
    client, token, found = mlflow.MlflowClient(), None, []
    while True:
        page = client.search_traces(locations=[experiment], max_results=2, page_token=token, include_spans=False)
        found += [trace.info.trace_id for trace in page]
        token = page.token
        if not token:
            break
    assert sorted(found) == sorted(ids)
    assert len(set(found)) == 5


def test_a_trace_belongs_to_the_run_it_was_made_in(experiment: str) -> None:
    with mlflow.start_run() as run:
        trace_id = traced()
    traced()
    found = mlflow.search_traces(locations=[experiment], run_id=run.info.run_id, return_type="list")
    assert [trace.info.trace_id for trace in found] == [trace_id]


def test_tags_are_set_and_taken_away(experiment: str) -> None:
    trace_id = traced()
    mlflow.set_trace_tag(trace_id, "reviewed", "yes")
    assert mlflow.get_trace(trace_id).info.tags["reviewed"] == "yes"
    mlflow.delete_trace_tag(trace_id, "reviewed")
    assert "reviewed" not in mlflow.get_trace(trace_id).info.tags


def test_assessments_are_given_corrected_and_taken_away(experiment: str) -> None:
    from mlflow.entities import AssessmentSource, Feedback

    trace_id = traced()
    source = AssessmentSource(source_type="HUMAN", source_id="ada")
    given = mlflow.log_feedback(trace_id=trace_id, name="correct", value=True, rationale="It is.", source=source)
    expected = mlflow.log_expectation(trace_id=trace_id, name="facts", value={"order": [1, {"a": None}]})
    assert mlflow.get_assessment(trace_id, expected.assessment_id).value == {"order": [1, {"a": None}]}
    mlflow.update_assessment(trace_id, given.assessment_id, Feedback(name="correct", value=False))
    changed = mlflow.get_assessment(trace_id, given.assessment_id)
    assert (changed.value, changed.rationale, changed.source.source_id) == (False, "It is.", "ada")
    better = mlflow.override_feedback(trace_id=trace_id, assessment_id=given.assessment_id, value=True)
    assert mlflow.get_assessment(trace_id, given.assessment_id).valid is False
    assert [one.name for one in mlflow.get_trace(trace_id).search_assessments("correct")] == ["correct"]
    mlflow.delete_assessment(trace_id, better.assessment_id)
    assert mlflow.get_assessment(trace_id, given.assessment_id).valid is True
    with pytest.raises(mlflow.MlflowException):
        mlflow.get_assessment(trace_id, "a-unknown")


def test_traces_are_deleted_by_id_and_by_time(experiment: str) -> None:
    first, second, third = traced(), traced(), traced()
    client = mlflow.MlflowClient()
    assert client.delete_traces(experiment, trace_ids=[second]) == 1
    until = int(time.time() * 1000) + 1000
    assert client.delete_traces(experiment, max_timestamp_millis=until, max_traces=1) == 1
    left = mlflow.search_traces(locations=[experiment], return_type="list")
    assert [trace.info.trace_id for trace in left] == [third]
    assert first != third


def test_a_trace_that_is_not_there_is_said_so(experiment: str) -> None:
    with pytest.raises(mlflow.MlflowException, match="not found"):
        mlflow.MlflowClient().get_trace("tr-0123456789abcdef0123456789abcdef")


def test_spans_that_went_by_the_artifact_way_come_back(experiment: str) -> None:
    """What a client does whose spans did not come in by OpenTelemetry's way."""
    from mlflow.tracing.client import TracingClient

    trace = mlflow.get_trace(traced())
    client = TracingClient()
    client._upload_trace_data(trace.info, trace.data)
    again = client._download_trace_data(trace.info)
    assert [span.to_dict() for span in again.spans] == [span.to_dict() for span in trace.data.spans]


def test_the_older_form_begins_and_ends_a_trace(experiment: str) -> None:
    from mlflow.entities.trace_status import TraceStatus
    from mlflow.tracking._tracking_service.utils import _get_store

    store = _get_store()
    begun = store.deprecated_start_trace_v2(experiment, 1_000, {"mlflow.user": "ada"}, {"mlflow.traceName": "old"})
    ended = store.deprecated_end_trace_v2(begun.request_id, 1_250, TraceStatus.OK, {"k": "v"}, {"t": "u"})
    assert (ended.execution_time_ms, ended.status, ended.tags["t"]) == (250, TraceStatus.OK, "u")
    assert ended.request_metadata == {"mlflow.user": "ada", "k": "v"}
    assert store.get_trace_info(begun.request_id).tags["mlflow.traceName"] == "old"


def test_figures_over_many_traces(experiment: str) -> None:
    from mlflow.entities.trace_metrics import AggregationType, MetricAggregation, MetricViewType
    from mlflow.tracking._tracking_service.utils import _get_store

    traced()
    traced(fails=True)

    def ask(view: str, metric: str, *kinds: Any, **more: Any) -> list[tuple[dict[str, str], dict[str, float]]]:
        wanted = [MetricAggregation(AggregationType[kind]) if isinstance(kind, str) else kind for kind in kinds]
        points = _get_store().query_trace_metrics([experiment], MetricViewType[view], metric, wanted, **more)
        return [(point.dimensions, point.values) for point in points]

    by_state = ask("TRACES", "trace_count", "COUNT", dimensions=["trace_status"])
    assert by_state == [({"trace_status": "ERROR"}, {"COUNT": 1.0}), ({"trace_status": "OK"}, {"COUNT": 1.0})]
    assert ask("TRACES", "total_tokens", "SUM") == [({}, {"SUM": 24.0})]
    assert ask("SPANS", "span_count", "COUNT", filters=['span.type = "TOOL"']) == [({}, {"COUNT": 2.0})]
    half = MetricAggregation(AggregationType.PERCENTILE, percentile_value=50.0)
    [(_, latency)] = ask("TRACES", "latency", "MAX", half)
    assert latency["MAX"] >= latency["P50"] >= 0
    assert len(ask("TRACES", "trace_count", "COUNT", time_interval_seconds=3600)) in (1, 2)
    with pytest.raises(mlflow.MlflowException):
        ask("TRACES", "colour", "COUNT")
