"""Histories of several runs at once, whole and thinned."""

import pytest

pytestmark = pytest.mark.django_db

BULK, INTERVAL = "metrics/get-history-bulk", "metrics/get-history-bulk-interval"


@pytest.fixture
def logged(mlflow, open_run):
    """Two runs with 10 and 20 steps of `loss`."""
    ids = sorted(open_run() for _ in range(2))
    for run_id, count in zip(ids, (10, 20), strict=True):
        points = [{"key": "loss", "value": 1.0, "timestamp": 1, "step": step} for step in range(count)]
        mlflow("runs/log-batch", run_id=run_id, metrics=points)
    return ids


def steps(answer: dict, run_id: str) -> list[int]:
    return [point["step"] for point in answer["metrics"] if point["run_id"] == run_id]


def test_bulk_answers_one_run_after_the_other_up_to_the_limit(mlflow, logged) -> None:
    first, second = logged
    answer = mlflow(BULK, run_id=[second, first], metric_key="loss", max_results=12)
    assert steps(answer, first) == list(range(10))
    assert steps(answer, second) == [0, 1]


def test_the_interval_spreads_over_all_steps_and_keeps_the_ends(mlflow, logged) -> None:
    first, second = logged
    assert steps(mlflow(INTERVAL, run_ids=[first], metric_key="loss", max_results=5), first) == [0, 2, 4, 6, 8, 9]
    part = mlflow(INTERVAL, run_ids=[first], metric_key="loss", max_results=5, start_step=0, end_step=4)
    assert steps(part, first) == [0, 1, 2, 3, 4]
    both = mlflow(INTERVAL, run_ids=[first, second], metric_key="loss", max_results=5)
    assert steps(both, first) == [0, 4, 8, 9]
    assert steps(both, second) == [0, 4, 8, 9, 12, 16, 19]


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        (BULK, {"metric_key": "loss"}, "GetMetricHistoryBulk request must specify at least one run_id."),
        (BULK, {"run_id": [str(n) for n in range(101)], "metric_key": "k"}, "cannot specify more than 100 run_ids"),
        (BULK, {"run_id": ["1"]}, "GetMetricHistoryBulk request must specify a metric_key."),
        (INTERVAL, {"metric_key": "k"}, "Missing value for required parameter 'run_ids'"),
        (INTERVAL, {"run_ids": ["1"]}, "Missing value for required parameter 'metric_key'"),
        (INTERVAL, {"run_ids": ["1"] * 101, "metric_key": "k"}, "request must specify at most 100 run_ids"),
        (INTERVAL, {"run_ids": ["1"], "metric_key": "k", "max_results": 0}, "max_results must be between 1 and 2500"),
        (INTERVAL, {"run_ids": ["1"], "metric_key": "k", "start_step": 1, "end_step": 0}, "end_step must be greater"),
        (INTERVAL, {"run_ids": ["1"], "metric_key": "k", "start_step": 1}, "both must be specified"),
        ("metrics/get-history", {"run_id": "1", "metric_key": "k", "max_results": 0}, "must be a positive integer"),
    ],
)
def test_a_bad_question_is_refused_in_mlflow_s_words(raw, path: str, query: dict, message: str) -> None:
    response = raw(path, **query)
    assert response.status_code == 400
    assert message in response.json()["message"]


def test_a_history_goes_by_step_then_time_then_value_and_shows_a_point_once(mlflow, open_run) -> None:
    run_id = open_run()
    for step, time_ms, value in ((2, 1, 0.5), (1, 9, 0.7), (1, 9, 0.2), (1, 5, 0.9), (1, 9, 0.2)):
        mlflow("runs/log-metric", run_id=run_id, key="loss", value=value, timestamp=time_ms, step=step)
    points = mlflow("metrics/get-history", run_id=run_id, metric_key="loss")["metrics"]
    assert [(one["step"], one["timestamp"], one["value"]) for one in points] == [
        (1, 5, 0.9), (1, 9, 0.2), (1, 9, 0.7), (2, 1, 0.5),
    ]  # fmt: skip
