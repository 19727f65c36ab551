"""MLflow's own client over HTTP: files, files in parts, logged models and datasets."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.factories import make_token
from tests.people import make_people

mlflow: Any = pytest.importorskip("mlflow")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(live_server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """An MLflow client of Ben's."""
    people = make_people()
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", make_token(people.ben))
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.chdir(tmp_path)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"{live_server.url}/mlflow/vision")
    mlflow.set_experiment("clients/files")
    yield mlflow.MlflowClient()
    while mlflow.active_run() is not None:
        mlflow.end_run()
    mlflow.set_tracking_uri(before)


def test_a_folder_goes_up_and_comes_down_also_after_the_end(client: Any, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "sub").mkdir(parents=True)
    (source / "a.txt").write_text("alpha")
    (source / "sub" / "b.txt").write_text("beta")
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(source), "files")
    client.log_text(run.info.run_id, "late", "late.txt")
    assert sorted(each.path for each in client.list_artifacts(run.info.run_id)) == ["files", "late.txt"]
    assert [each.path for each in client.list_artifacts(run.info.run_id, "files/sub")] == ["files/sub/b.txt"]
    down = Path(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=""))
    assert (down / "files" / "sub" / "b.txt").read_text() == "beta"
    assert sorted(os.listdir(down)) == ["files", "late.txt"]
    with pytest.raises(Exception, match="Failed to download"):
        mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="nothing.txt")


def test_a_file_goes_up_and_comes_down_in_parts(client: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
        "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "true",
        "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": "1000",
        "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(1 << 20),
        "MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE": str(1 << 20),
    }.items():
        monkeypatch.setenv(name, value)
    data = os.urandom(3 * (1 << 20) + 17)
    (tmp_path / "big.bin").write_bytes(data)
    with mlflow.start_run() as run:
        mlflow.log_artifact(str(tmp_path / "big.bin"), "deep/folder")
    path = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="deep/folder/big.bin")
    assert Path(path).read_bytes() == data


def test_a_model_of_scikit_learn_is_logged_measured_found_and_loaded(client: Any) -> None:
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    features, labels = load_iris(return_X_y=True, as_frame=True)
    fitted = LogisticRegression(max_iter=300).fit(features, labels)
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(fitted, name="tree", params={"rate": "2"}, pip_requirements=["scikit-learn"])
        data = mlflow.data.from_pandas(features, name="iris")
        mlflow.log_input(data, context="training")
        mlflow.log_metric("accuracy", 0.95, model_id=info.model_id, dataset=data)
    for uri in (f"runs:/{run.info.run_id}/tree", f"models:/{info.model_id}"):
        assert list(mlflow.sklearn.load_model(uri).predict(features.head(2))) == [0, 0]
    model = mlflow.get_logged_model(info.model_id)
    assert (str(model.status), model.params["rate"]) == ("READY", "2")
    assert [(each.key, each.value, each.dataset_name) for each in model.metrics] == [("accuracy", 0.95, "iris")]
    found = mlflow.search_logged_models(filter_string="metrics.accuracy > 0.9", output_format="list")
    assert [each.model_id for each in found] == [info.model_id]
    shown = client.get_run(run.info.run_id)
    assert [each.dataset.name for each in shown.inputs.dataset_inputs] == ["iris"]
    assert [each.model_id for each in shown.outputs.model_outputs] == [info.model_id]
    client.delete_logged_model(info.model_id)
    assert mlflow.search_logged_models(output_format="list") == []
