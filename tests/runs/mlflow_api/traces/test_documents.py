"""A trace's document by its page's address, and how two filters go together."""

import json
from collections.abc import Callable

import pytest

from runs.tracking.models import Experiment
from studio.accounts.models import User
from tests.factories import make_experiment
from tests.factories.traces import make_trace
from tests.people import ApiClient, People

BASE = "/mlflow/vision/"
CORRELATION = "api/3.0/mlflow/traces/calculate-filter-correlation"


@pytest.fixture
def experiment(people: People) -> Experiment:
    return make_experiment(people.workspace, "assistant")


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User) -> ApiClient:
    return api(ben, base=BASE)


@pytest.mark.parametrize("version", ["2.0", "3.0"])
def test_the_spans_come_as_one_document(client: ApiClient, experiment: Experiment, version: str) -> None:
    trace = make_trace(experiment)
    answer = client.get(f"ajax-api/{version}/mlflow/get-trace-artifact?request_id={trace.trace_id}")
    assert answer["Content-Disposition"] == "attachment; filename=traces.json"
    found = json.loads(b"".join(answer.streaming_content))
    assert [span["name"] for span in found["spans"]] == ["answer", "model"]


def test_a_document_of_no_trace_or_beside_it_is_refused(
    client: ApiClient, experiment: Experiment, api: Callable[..., ApiClient], people: People
) -> None:
    trace = make_trace(experiment)
    path = "ajax-api/3.0/mlflow/get-trace-artifact"
    assert client.get(f"{path}?request_id=tr-none").status_code == 404
    assert client.get(path).status_code == 400
    assert client.get(f"{path}?request_id={trace.trace_id}&path=../traces.json").status_code == 400
    assert client.get(f"{path}?request_id={trace.trace_id}&path=none.png").status_code == 404
    assert api(people.stan, base=BASE).get(f"{path}?request_id={trace.trace_id}").status_code == 404


def test_filters_that_find_the_same_traces_correlate(client: ApiClient, experiment: Experiment) -> None:
    for name, status in (("a", "OK"), ("a", "OK"), ("b", "OK"), ("b", "ERROR")):
        make_trace(experiment, name=name, status=status)
    body = {
        "experiment_ids": [str(experiment.pk)],
        "filter_string1": "name = 'b'",
        "filter_string2": "status = 'ERROR'",
    }
    found = client.post(CORRELATION, body).json()
    assert [found[f"{which}_count"] for which in ("filter1", "filter2", "joint", "total")] == [2, 1, 1, 4]
    assert found["npmi"] == pytest.approx(0.5)
    assert 0 < found["npmi_smoothed"] < 0.5
    never = client.post(CORRELATION, {**body, "filter_string1": "name = 'a'"}).json()
    assert never["npmi"] == -1
    nothing = client.post(CORRELATION, {**body, "filter_string1": "name = 'c'"}).json()
    assert nothing["npmi"] == "NaN"
    narrowed = client.post(CORRELATION, {**body, "base_filter": "name = 'b'"}).json()
    assert narrowed["total_count"] == 2


def test_a_filter_that_cant_be_read_is_said(client: ApiClient, experiment: Experiment) -> None:
    body = {"experiment_ids": [str(experiment.pk)], "filter_string1": "invalid.filter = 'x'", "filter_string2": "a"}
    answer = client.post(CORRELATION, body)
    assert answer.status_code == 400
    assert "Invalid" in answer.json()["message"]
