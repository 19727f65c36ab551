"""The real MLflow client, unchanged, against a live studio: one studio for the module, an experiment for each test."""

import json
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import real_studio
from tests.real_studio import RealStudio

mlflow = pytest.importorskip("mlflow")
pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStudio]:
    running = real_studio.start(tmp_path_factory.mktemp("mlflow") / "var")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_TOKEN", running.token)
        patch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
        patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        mlflow.set_tracking_uri(f"{running.url}/mlflow/main")
        yield running
        mlflow.set_tracking_uri(None)
    running.stop()


@pytest.fixture
def client(studio: RealStudio) -> Any:
    return mlflow.MlflowClient()


@pytest.fixture
def experiment(studio: RealStudio) -> str:
    """A new experiment that the fluent functions log to."""
    return str(mlflow.set_experiment(f"mlflow/{uuid.uuid4().hex[:8]}").experiment_id)


def ours(studio: RealStudio, path: str, **query: str) -> Any:
    """What our own REST interface says."""
    answer = httpx.get(
        f"{studio.url}/api/v1/workspaces/main/{path}",
        params=query,
        headers={"Authorization": f"Bearer {studio.token}"},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_fluent_functions_make_an_ordinary_run(client, experiment: str, studio: RealStudio) -> None:
    with mlflow.start_run(run_name="top", description="What it is about", tags={"team": "blue"}) as run:
        mlflow.log_params({"lr": 0.1, "depth": 3})
        mlflow.log_metrics({"loss": 1.5, "acc": 0.5}, step=3)
        mlflow.log_metric("odd", float("nan"))
        with mlflow.start_run(nested=True) as child:
            mlflow.log_metric("loss", 2.0)
    found = client.get_run(run.info.run_id)
    assert (found.info.status, found.info.run_name) == ("FINISHED", "top")
    assert found.data.params == {"lr": "0.1", "depth": "3"}
    assert (found.data.metrics["loss"], found.data.metrics["acc"]) == (1.5, 0.5)
    assert found.data.metrics["odd"] != found.data.metrics["odd"]
    assert client.get_parent_run(child.info.run_id).info.run_id == run.info.run_id
    shown = ours(studio, f"runs/{run.info.run_id}")
    assert (shown["state"], shown["name"], shown["source"]) == ("completed", "top", "mlflow")
    assert shown["description"] == "What it is about"
    assert [one["id"] for one in ours(studio, "runs", parent=run.info.run_id)["results"]] == [child.info.run_id]


def test_logging_in_the_background_loses_nothing(client, experiment: str) -> None:
    with mlflow.start_run() as run:
        for step in range(200):
            mlflow.log_metric("loss", 1 / (step + 1), step=step, synchronous=False)
            mlflow.log_param(f"p{step % 5}", step % 5, synchronous=False)
        mlflow.flush_async_logging()
    points = client.get_metric_history(run.info.run_id, "loss")
    assert [point.step for point in points] == list(range(200))
    assert len(client.get_run(run.info.run_id).data.params) == 5


def test_a_run_goes_on_after_its_end(client, experiment: str) -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 1.0, step=1)
    with mlflow.start_run(run_id=run.info.run_id):
        assert client.get_run(run.info.run_id).info.status == "RUNNING"
        mlflow.log_metric("loss", 0.5, step=2)
    found = client.get_run(run.info.run_id)
    assert (found.info.status, found.data.metrics["loss"]) == ("FINISHED", 0.5)


def test_a_parameter_can_t_change_and_the_batch_with_it_is_refused_whole(client, experiment: str) -> None:
    run_id = client.create_run(experiment).info.run_id
    client.log_param(run_id, "lr", 0.1)
    client.log_param(run_id, "lr", 0.1)
    with pytest.raises(mlflow.MlflowException, match="Changing param values is not allowed"):
        client.log_param(run_id, "lr", 0.2)
    changed = [mlflow.entities.Param("lr", "0.3"), mlflow.entities.Param("new", "1")]
    with pytest.raises(mlflow.MlflowException, match="Changing param values is not allowed"):
        client.log_batch(run_id, metrics=[mlflow.entities.Metric("m", 1, 1, 1)], params=changed)
    data = client.get_run(run_id).data
    assert (data.params, data.metrics) == ({"lr": "0.1"}, {})


def test_search_pages_through_runs_in_order(client, experiment: str) -> None:
    for number in range(12):
        run_id = client.create_run(experiment, start_time=number + 1).info.run_id
        client.log_metric(run_id, "acc", number / 10)
        client.set_tag(run_id, "even", str(number % 2 == 0))
    found, token = [], None
    while True:
        page = client.search_runs([experiment], order_by=["metrics.acc DESC"], max_results=5, page_token=token)
        found += [run.data.metrics["acc"] for run in page]
        token = page.token
        if token is None:
            break
    assert found == [number / 10 for number in reversed(range(12))]
    few = client.search_runs([experiment], "metrics.acc > 0.5 AND tags.even = 'True'")
    assert sorted(run.data.metrics["acc"] for run in few) == [0.6, 0.8, 1.0]
    with pytest.raises(mlflow.MlflowException, match="INVALID_PARAMETER_VALUE"):
        client.search_runs([experiment], "metrics.acc >")


def test_a_run_of_ours_reads_well_as_a_table(studio: RealStudio) -> None:
    headers = {"Authorization": f"Bearer {studio.token}"}
    path = f"ours/{uuid.uuid4().hex[:8]}"
    started = httpx.post(
        f"{studio.url}/api/v1/workspaces/main/runs/start",
        json={"experiment": path, "name": "ours", "params": {"lr": 0.1}, "tags": {"team": "red"}},
        headers=headers,
    ).json()
    batch = {"writer": "w", "seq": 0, "metrics": [{"key": "loss", "step": 1, "value": 0.25}]}
    httpx.post(f"{studio.url}/api/v1/workspaces/main/runs/{started['id']}/ingest", json=batch, headers=headers)
    table = mlflow.search_runs(experiment_names=[path])
    row = table.iloc[0]
    assert (row["run_id"], row["status"], row["metrics.loss"]) == (started["id"], "RUNNING", 0.25)
    assert (row["params.lr"], row["tags.team"], row["tags.mlflow.runName"]) == ("0.1", "red", "ours")


def test_a_folder_of_artifacts_travels_there_and_back(client, experiment: str, tmp_path: Path) -> None:
    source = tmp_path / "made"
    (source / "plots").mkdir(parents=True)
    (source / "notes.txt").write_text("Hello\n")
    (source / "plots" / "ünï code.bin").write_bytes(bytes(range(256)) * 1000)
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(source), "out")
        mlflow.log_text("in the root", "root.txt")
        mlflow.log_dict({"a": 1}, "facts.json")
    assert {item.path for item in client.list_artifacts(run.info.run_id)} == {"out", "root.txt", "facts.json"}
    assert {item.path for item in client.list_artifacts(run.info.run_id, "out")} == {"out/notes.txt", "out/plots"}
    back = Path(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, dst_path=str(tmp_path / "back")))
    assert (back / "out/plots/ünï code.bin").read_bytes() == bytes(range(256)) * 1000
    assert mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/facts.json") == {"a": 1}


def test_autolog_of_scikit_learn_stores_a_model_that_can_be_registered_and_loaded(client, experiment: str) -> None:
    sklearn = pytest.importorskip("sklearn.linear_model")
    mlflow.sklearn.autolog(silent=True, log_input_examples=False)
    try:
        with mlflow.start_run() as run:
            model = sklearn.LinearRegression().fit([[0.0], [1.0], [2.0]], [0.0, 2.0, 4.0])
            logged = mlflow.sklearn.log_model(model, name="line")
    finally:
        mlflow.sklearn.autolog(disable=True)
    found = client.get_run(run.info.run_id)
    assert found.data.params["fit_intercept"] == "True"
    assert "training_mean_squared_error" in found.data.metrics
    name = f"line-{uuid.uuid4().hex[:8]}"
    version = mlflow.register_model(logged.model_uri, name)
    client.set_registered_model_alias(name, "best", version.version)
    for uri in (logged.model_uri, f"models:/{name}/1", f"models:/{name}@best"):
        assert round(float(mlflow.pyfunc.load_model(uri).predict([[3.0]])[0]), 6) == 6.0


def test_mlflow_inside_a_submitted_job_logs_to_that_run(client, studio: RealStudio) -> None:
    script = (
        "import mlflow\n"
        "with mlflow.start_run():\n"
        "    mlflow.log_metric('loss', 0.5)\n"
        "    with mlflow.start_run(nested=True):\n"
        "        mlflow.log_metric('loss', 0.25)\n"
    )
    job = {"command": f'{sys.executable} -c "{script}"', "experiment_name": "mlflow/jobs", "display_name": "inside"}
    submitted = httpx.post(
        f"{studio.url}/api/v1/workspaces/main/runs",
        json={"file_name": "job.yml", "text": json.dumps(job)},
        headers={"Authorization": f"Bearer {studio.token}"},
    )
    assert submitted.status_code == 201, submitted.text
    run = submitted.json()
    ends_at = time.monotonic() + 90
    while ours(studio, f"runs/{run['id']}")["state"] not in ("completed", "failed", "canceled"):
        assert time.monotonic() < ends_at, "the job did not end"
        time.sleep(0.3)
    assert ours(studio, f"runs/{run['id']}")["state"] == "completed", ours(studio, f"runs/{run['id']}/log")["text"]
    assert client.get_run(run["id"]).data.metrics["loss"] == 0.5
    children = client.search_runs(
        [client.get_run(run["id"]).info.experiment_id], f"tags.mlflow.parentRunId = '{run['id']}'"
    )
    assert [child.data.metrics for child in children] == [{"loss": 0.25}]


def test_empty_files_and_names_with_a_time_in_them_go_up_and_come_down(client, experiment: str, tmp_path: Path) -> None:
    names = ["__init__.py", "2026-11-21T10:30:00.pt", "a;b + ü.txt"]
    for name in names:
        (tmp_path / name).touch()
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(tmp_path), "files")
    down = Path(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="files"))
    assert sorted(path.name for path in down.iterdir()) == sorted(names)
