"""Metrics, parameters and tags, one by one and in batches."""

import json

import pytest
from django.test import Client

from runs.tracking.metrics import compaction
from runs.tracking.metrics.models import MetricBatch, MetricChunk, MetricWriter
from runs.tracking.models import Param, Tag
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db

LOG_METRIC = "/mlflow/vision/api/2.0/mlflow/runs/log-metric"


def metrics_of(mlflow, run_id: str) -> dict:
    return {item["key"]: item["value"] for item in mlflow("runs/get", run_id=run_id)["run"]["data"]["metrics"]}


def history(mlflow, run_id: str, key: str, **more) -> list[tuple]:
    answer = mlflow("metrics/get-history", run_id=run_id, metric_key=key, **more)
    return [(point["step"], point["timestamp"], point["value"]) for point in answer["metrics"]]


def test_the_last_value_is_that_of_the_greatest_step_then_time_then_value(mlflow, open_run) -> None:
    run_id = open_run()
    for step, time_ms, value in ((2, 5, 1.0), (3, 1, 2.0), (3, 1, 7.0), (3, 1, 4.0), (1, 9, 9.0)):
        mlflow("runs/log-metric", run_id=run_id, key="loss", value=value, timestamp=time_ms, step=step)
    assert metrics_of(mlflow, run_id) == {"loss": 7.0}
    batch = [{"key": "acc", "value": value, "timestamp": 1, "step": 3} for value in (5.0, 6.0, 1.0)]
    mlflow("runs/log-batch", run_id=run_id, metrics=batch)
    assert metrics_of(mlflow, run_id)["acc"] == 6.0


def test_the_same_point_twice_is_one(mlflow, open_run) -> None:
    run_id = open_run()
    for value in (2.0, 1.0, 2.0, 2.0):
        mlflow("runs/log-metric", run_id=run_id, key="loss", value=value, timestamp=1, step=1)
    assert history(mlflow, run_id, "loss") == [(1, 1, 1.0), (1, 1, 2.0)]


def test_what_is_no_number_travels_as_a_text_and_comes_either_way(mlflow, open_run, people: People) -> None:
    run_id = open_run()
    client = ApiClient(people.ben)
    for number, value in enumerate(("NaN", "Infinity", "-Infinity", '"NaN"', '"Infinity"', '"1.5"', "7")):
        body = f'{{"run_id": "{run_id}", "key": "m{number}", "value": {value}, "timestamp": "5", "step": "3"}}'
        assert client.post(LOG_METRIC, body).status_code == 200
    assert list(metrics_of(mlflow, run_id).values()) == ["NaN", "Infinity", "-Infinity", "NaN", "Infinity", 1.5, 7.0]
    assert history(mlflow, run_id, "m0") == [(3, 5, "NaN")]


def test_a_batch_is_one_row_and_no_writer_grows(mlflow, open_run) -> None:
    run_id = open_run()
    for step in range(20):
        points = [{"key": f"m{key}", "value": step, "timestamp": step, "step": step} for key in range(10)]
        mlflow("runs/log-batch", run_id=run_id, metrics=points)
    assert MetricBatch.objects.count() == 20
    assert compaction.compact(run_id) == 20
    assert (MetricBatch.objects.count(), MetricWriter.objects.count(), MetricChunk.objects.count()) == (0, 0, 10)
    assert [value for _, _, value in history(mlflow, run_id, "m3")] == [float(step) for step in range(20)]


def test_history_comes_by_pages(mlflow, open_run) -> None:
    run_id = open_run()
    points = [{"key": "loss", "value": step, "timestamp": step, "step": step} for step in range(10)]
    mlflow("runs/log-batch", run_id=run_id, metrics=points)
    first = mlflow("metrics/get-history", run_id=run_id, metric_key="loss", max_results=4)
    second = mlflow(
        "metrics/get-history", run_id=run_id, metric_key="loss", max_results=40, page_token=first["next_page_token"]
    )
    assert [point["step"] for point in first["metrics"] + second["metrics"]] == list(range(10))
    assert "next_page_token" not in second


def test_metrics_may_come_after_the_end(mlflow, open_run) -> None:
    run_id = open_run()
    mlflow("runs/update", run_id=run_id, status="FINISHED")
    mlflow("runs/log-batch", run_id=run_id, metrics=[{"key": "late", "value": 1, "timestamp": 1}])
    assert metrics_of(mlflow, run_id) == {"late": 1.0}


def test_a_parameter_keeps_its_first_value(mlflow, raw, open_run) -> None:
    run_id = open_run()
    mlflow("runs/log-parameter", run_id=run_id, key="lr", value="0.1")
    mlflow("runs/log-parameter", run_id=run_id, key="lr", value="0.1")
    refused = raw("runs/log-parameter", run_id=run_id, key="lr", value="0.2")
    assert refused.status_code == 400
    assert refused.json()["message"] == (
        "Changing param values is not allowed. Param with key='lr' was already logged with value='0.1' for run "
        f"ID='{run_id}'. Attempted logging new value '0.2'."
    )


def test_a_batch_is_stored_whole_or_not_at_all(mlflow, raw, open_run) -> None:
    run_id = open_run()
    mlflow("runs/log-parameter", run_id=run_id, key="lr", value="0.1")
    batch = {
        "metrics": [{"key": "loss", "value": 1, "timestamp": 1}],
        "params": [{"key": "new", "value": "1"}, {"key": "lr", "value": "0.2"}],
        "tags": [{"key": "team", "value": "blue"}],
    }
    refused = raw("runs/log-batch", run_id=run_id, **batch)
    assert refused.status_code == 400
    assert "Params were already logged" in refused.json()["message"]
    assert list(Param.objects.values_list("key", flat=True)) == ["lr"]
    assert not MetricBatch.objects.exists()
    assert not Tag.objects.filter(key="team").exists()


def test_a_tag_is_set_where_it_belongs_and_taken_away(mlflow, raw, open_run) -> None:
    run_id = open_run()
    for key, value in (("mlflow.runName", "new name"), ("mlflow.note.content", "note"), ("team", "")):
        mlflow("runs/set-tag", run_id=run_id, key=key, value=value)
    run = mlflow("runs/get", run_id=run_id)["run"]
    assert run["info"]["run_name"] == "new name"
    assert {"key": "team", "value": ""} in run["data"]["tags"]
    for key in ("mlflow.note.content", "team"):
        mlflow("runs/delete-tag", run_id=run_id, key=key)
        refused = raw("runs/delete-tag", run_id=run_id, key=key)
        assert (refused.status_code, refused.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
        assert refused.json()["message"] == f"No tag with name: {key} in run with id {run_id}"


def test_an_older_client_s_model_is_noted_in_a_tag(mlflow, open_run) -> None:
    run_id = open_run()
    model = {
        "artifact_path": "model",
        "flavors": {"sklearn": {"config": {}}},
        "utc_time_created": "t",
        "run_id": run_id,
    }
    for _ in range(2):
        mlflow("runs/log-model", run_id=run_id, model_json=json.dumps(model))
    noted = json.loads(Tag.objects.get(key="mlflow.log-model.history").value)
    assert [entry["artifact_path"] for entry in noted] == ["model", "model"]


GOOD = {"key": "foo", "value": 31, "timestamp": 59, "step": 41}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"run_id": 31}, "Invalid value 31 for parameter 'run_id' supplied"),
        ({"key": 31}, "Invalid value 31 for parameter 'key' supplied"),
        ({"step": "foo"}, "Invalid value \"foo\" for parameter 'step' supplied"),
        ({"timestamp": "foo"}, "Invalid value \"foo\" for parameter 'timestamp' supplied"),
        ({"timestamp": -1}, "Timestamp must be a nonnegative long"),
        ({"value": True}, "Invalid value true for parameter 'value' supplied"),
        ({"value": "high"}, "Invalid value \"high\" for parameter 'value' supplied"),
        ({"run_id": None}, "Missing value for required parameter 'run_id'"),
        ({"key": None}, "Missing value for required parameter 'key'"),
        ({"value": None}, "Missing value for required parameter 'value'"),
        ({"key": "a?"}, "Names may only contain"),
        ({"key": "../a"}, "Names may be treated as files"),
        ({"key": "k" * 251}, "exceeds the maximum length of 250"),
        ({"step": 2**63}, "for parameter 'step' supplied"),
        ({"value": 10**400}, "for parameter 'value' supplied"),
    ],
)
def test_a_bad_metric_is_refused_in_mlflow_s_words(raw, open_run, changes: dict, message: str) -> None:
    response = raw("runs/log-metric", **{"run_id": open_run(), **GOOD, **changes})
    assert response.status_code == 400
    assert response.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert message in response.json()["message"]


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ({"metrics": "foo"}, "Invalid value \"foo\" for parameter 'metrics' supplied"),
        ({"params": "foo"}, "Invalid value \"foo\" for parameter 'params' supplied"),
        ({"tags": "foo"}, "Invalid value \"foo\" for parameter 'tags' supplied"),
        ({"metrics": [{"key": "a", "value": 1}]}, "Missing value for required parameter 'metrics[0].timestamp'"),
        ({"metrics": [GOOD, 5]}, "for parameter 'metrics' supplied"),
        ({"metrics": [GOOD] * 1001}, "at most 1000 metrics. Got 1001 metrics."),
        ({"params": [{"key": f"p{n}", "value": ""} for n in range(101)]}, "at most 100 params"),
        ({"tags": [{"key": f"t{n}", "value": ""} for n in range(101)]}, "at most 100 tags"),
        ({"metrics": [GOOD] * 999, "tags": [{"key": "a"}, {"key": "b"}]}, "at most 1000 metrics, params, and tags"),
        ({"params": [{"key": "a"}, {"key": "a"}]}, "Duplicate parameter keys have been submitted: ['a']"),
        ({"params": [{"key": "a", "value": "v" * 6001}]}, "exceeds the maximum length of 6000"),
        ({"tags": [{"key": "a", "value": "v" * 8001}]}, "exceeds the maximum length of 8000"),
        ({"tags": [{"value": "v"}]}, "Missing value for required parameter 'tags[0].key'"),
        ({"tags": [{"key": "a", "value": "\0"}]}, "NUL"),
    ],
)
def test_a_bad_batch_is_refused_in_mlflow_s_words(raw, open_run, batch: dict, message: str) -> None:
    response = raw("runs/log-batch", run_id=open_run(), **batch)
    assert response.status_code == 400
    assert message in response.json()["message"]


def test_an_unknown_run_and_an_unknown_address_are_not_found(raw) -> None:
    response = raw("runs/log-metric", run_id="nobody", **GOOD)
    assert (response.status_code, response.json()["message"]) == (404, "Run with id=nobody not found")
    response = raw("gateway/endpoints", method="get")
    assert (response.status_code, response.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND")


@pytest.mark.parametrize("body", ["", "[]", "{", "nul", '"text"'])
def test_a_body_that_is_no_object_is_refused(people: People, body: str) -> None:
    response = ApiClient(people.ben).post(LOG_METRIC, body)
    assert (response.status_code, response.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(
    "body",
    [
        b'{"run_id": "%s", "key": "a", "key": "b", "value": 1, "timestamp": 1}',
        b'{"run_id": "%s", "key": "a", "value": 1, "timestamp": 1, "other": {"x": 1, "x": 2}}',
        b'{"run_id": "%s", "key": "a", "value": NaN, "timestamp": 1, "value": 2}',
        b'{"run_id": "%s", "key": "a", "value": 1, "timestamp": 1, "other": ' + b"[" * 70 + b"]" * 70 + b"}",
        b'{"run_id": "%s", "key": "a\\ud800", "value": 1, "timestamp": 1}',
    ],
)
def test_the_short_way_refuses_the_json_that_the_long_way_refuses(
    people: People, mlflow, open_run, body: bytes
) -> None:
    run_id = open_run()
    told = body.replace(b"%s", run_id.encode())
    response = ApiClient(people.ben).post(LOG_METRIC, told)
    assert (response.status_code, response.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    browser = Client()
    browser.force_login(people.ben)
    assert browser.post(LOG_METRIC, told, content_type="application/json").json() == response.json()
    assert metrics_of(mlflow, run_id) == {}
