"""A real MLflow server with its database and its files, brought in over HTTP and from what it left on disk."""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import atelier
import httpx
import pytest
from atelier import _cli

from registry.mlmodels.models import ModelAlias, ModelVersion, RegisteredModel
from runs.logged_models.models import LoggedModel
from runs.tracking.models import Experiment, Run
from tests import real_studio
from tests.people import People

pytest.importorskip("mlflow")
pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]

ODD = ("My exp: #1 %/x", "/leading", "trailing/ ")
# What a script of MLflow leaves: nested runs, a NaN, files, odd names, models of three kinds.
SCRIPT = """
import sys, pathlib, mlflow
from mlflow.entities import Metric
mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()
work = pathlib.Path(sys.argv[2])
(work / "model").mkdir()
(work / "model" / "weights.bin").write_bytes(b"weights" * 1000)
(work / "model" / "MLmodel").write_text("flavors:\\n  python_function: {}\\n")
(work / "notes über.md").write_text("# Notes")

experiment = client.create_experiment("digits", tags={"team": "blue", "mlflow.note.content": "All the digits."})
with mlflow.start_run(experiment_id=experiment, run_name="top", description="Words.") as top:
    mlflow.log_params({"lr": 0.1, "depth": 3})
    client.log_batch(top.info.run_id, metrics=[Metric("loss", 1 / (step + 1), 1600000000000 + step, step) for step in range(900)])
    mlflow.log_metric("odd", float("nan"), step=1)
    mlflow.log_metric("odd", float("inf"), step=2)
    mlflow.log_artifacts(str(work / "model"), "model")
    mlflow.log_artifact(str(work / "notes über.md"))
    with mlflow.start_run(experiment_id=experiment, nested=True, run_name="child") as child:
        mlflow.log_metric("loss", 2.0)
        with mlflow.start_run(experiment_id=experiment, nested=True, run_name="grandchild"):
            mlflow.log_metric("loss", 3.0)
for name in sys.argv[3:]:
    client.create_run(client.create_experiment(name), run_name="odd")
gone = client.create_experiment("gone")
client.create_run(gone)
client.delete_experiment(gone)

logged = mlflow.initialize_logged_model("svm", source_run_id=top.info.run_id, experiment_id=experiment, tags={"kind": "svm"}, params={"C": "1"}, model_type="classifier")
client.log_model_artifacts(logged.model_id, str(work / "model"))
client.finalize_logged_model(logged.model_id, "READY")

client.create_registered_model("digits", tags={"owner": "ada"}, description="Reads digits.")
from_run = f"{top.info.artifact_uri}/model"
first = client.create_model_version("digits", from_run, top.info.run_id, tags={"loss": "0.5"}, description="The first.")
client.create_model_version("digits", from_run, top.info.run_id)
client.delete_model_version("digits", "2")
client.create_model_version("digits", f"models:/{logged.model_id}", top.info.run_id, model_id=logged.model_id)
client.create_model_version("digits", "s3://bucket/model")
client.transition_model_version_stage("digits", "1", "Archived")
client.transition_model_version_stage("digits", "3", "Production")
client.set_registered_model_alias("digits", "champion", "3")
client.set_registered_model_alias("digits", "first", "1")
mlflow.genai.register_prompt("greeting", "Hello {{name}}")
print(top.info.run_id)
"""


class Kept:
    """A server that runs, and what it keeps."""

    def __init__(self, url: str, home: Path, top: str) -> None:
        self.url = url
        self.database = home / "mlflow.db"
        self.top = top


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    home, port = tmp_path_factory.mktemp("mlflow-server"), real_studio.free_port()
    url = f"http://127.0.0.1:{port}"
    words = [
        *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--backend-store-uri", f"sqlite:///{home}/mlflow.db", "--artifacts-destination", f"{home}/mlartifacts"),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "ATELIER_"))}
    environment |= {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "HOME": str(home),
    }
    with (home / "said.txt").open("w") as said:
        process = subprocess.Popen(words, cwd=home, env=environment, stdout=said, stderr=said, start_new_session=True)
        try:
            _wait(url, process)
            work = tmp_path_factory.mktemp("work")
            script = [sys.executable, "-c", SCRIPT, url, str(work), *ODD]
            done = subprocess.run(
                script, check=False, cwd=work, env=environment, capture_output=True, text=True, timeout=120
            )
            assert done.returncode == 0, done.stderr[-3000:]
            yield Kept(url, home, done.stdout.split()[-1])
        finally:
            _stop(process)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + 90
    while time.monotonic() < ends and process.poll() is None:
        try:
            if httpx.get(f"{url}/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError("the MLflow server did not start")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """The server and the workers that it started: they are a process group of their own."""
    import signal

    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def bring(capsys: Any, *words: str) -> dict[str, Any]:
    assert _cli.main(["import", "mlflow", *words, "-o", "json"]) == 0, capsys.readouterr().err
    return dict(json.loads(capsys.readouterr().out))


def imported(run_id: str) -> atelier.Run:
    return atelier.Workspace().run(Run.objects.get(external_id=f"mlflow:{run_id}").pk)


def judge_runs(server: Kept) -> None:
    run = imported(server.top)
    assert (run.name, run.experiment, run.state) == ("top", "digits", "completed")
    assert (run.params, run.data["description"]) == ({"lr": "0.1", "depth": "3"}, "Words.")
    history = run.history("loss")
    assert history.step == list(range(900))
    assert (history.time_ms[:2], history.value[1]) == ([1600000000000, 1600000000001], 0.5)
    odd = run.history("odd").value
    assert math.isnan(odd[0])
    assert math.isinf(odd[1])
    files = ["model/MLmodel", "model/weights.bin", "notes über.md"]
    assert sorted(item.path for item in run.artifacts()) == files
    line = Run.objects.select_related("parent__parent").get(name="grandchild")
    assert line.parent and line.parent.parent
    assert (line.parent.name, line.parent.parent_id) == ("child", run.id)
    assert not Experiment.objects.filter(path="gone").exists()
    digits = Experiment.objects.get(path="digits")
    assert digits.description == "All the digits."
    assert digits.tags.get(key="team").value == "blue"
    for name in ODD:
        assert Run.objects.filter(experiment__path=name, name="odd").count() == 1, name


def judge_models(server: Kept) -> None:
    run = imported(server.top)
    logged = LoggedModel.objects.get()
    assert (logged.name, logged.source_run_id, logged.state, logged.model_type) == (
        "svm",
        run.id,
        "READY",
        "classifier",
    )
    assert logged.params.get(key="C").value == "1"
    assert logged.files.count() == 2
    model = RegisteredModel.objects.get(name="digits")
    assert (model.description, model.tags.get(key="owner").value) == ("Reads digits.", "ada")
    versions = {version.number: version for version in ModelVersion.objects.filter(model=model)}
    assert sorted(versions) == [1, 3, 4]
    assert (versions[1].source, versions[1].run_id) == (f"runs:/{run.id}/model", run.id)
    assert (versions[1].description, versions[1].tags.get(key="loss").value) == ("The first.", "0.5")
    assert (versions[3].source, versions[3].run_id) == (f"models:/{logged.pk}", run.id)
    assert [version.stage for _, version in sorted(versions.items())] == ["Archived", "Production", "None"]
    for number in (1, 3):
        assert versions[number].flavors == ["python_function"]
        assert sorted(versions[number].files.values_list("path", flat=True)) == ["MLmodel", "weights.bin"]
    assert (versions[4].source, versions[4].files.count()) == ("s3://bucket/model", 0)
    led = dict(ModelAlias.objects.filter(model=model).values_list("name", "version__number"))
    assert led == {"champion": 3, "first": 1}
    prompt = ModelVersion.objects.get(model__name="greeting")
    assert "Hello {{name}}" in prompt.tags.get(key="mlflow.prompt.text").value


def test_a_server_comes_over_with_its_models_and_once(studio: People, server: Kept, capsys: Any) -> None:
    dry = bring(capsys, server.url, "--dry-run")
    assert (dry["runs_new"], dry["points"], dry["files"], dry["versions_new"]) == (6, 904, 5, 4)
    assert not Run.objects.exists()
    report = bring(capsys, server.url)
    assert (report["runs_new"], report["points"], report["files"]) == (6, 904, 5)
    assert (report["models"], report["versions_new"], report["logged_models_new"]) == (2, 4, 1)
    assert [note for note in report["notes"] if "s3://bucket/model" not in note] == []
    judge_runs(server)
    judge_models(server)
    again = bring(capsys, server.url)
    assert (again["runs_new"], again["points"], again["files"]) == (0, 0, 0)
    assert (again["versions_new"], again["versions_known"], again["logged_models_new"]) == (0, 4, 0)
    judge_models(server)


def test_what_the_server_left_on_disk_is_the_same(studio: People, server: Kept, capsys: Any) -> None:
    report = bring(capsys, str(server.database))
    assert (report["runs_new"], report["points"], report["files"]) == (6, 904, 5)
    judge_runs(server)
    judge_models(server)
    # The same runs and versions, whichever door they came by.
    again = bring(capsys, server.url)
    assert (again["runs_new"], again["runs_known"], again["versions_new"], again["files"]) == (0, 6, 0, 0)


def test_what_people_changed_here_stays_and_what_the_source_changed_comes(
    studio: People, server: Kept, capsys: Any
) -> None:
    bring(capsys, server.url, "--no-files")
    models = atelier.Workspace().models
    assert models.files("digits", 1) == []
    models.update("digits", new_name="digits-svm", description="Ours.")
    models.update_version("digits-svm", 1, stage="Staging")
    own = models.register("digits-svm", "https://example.org/model")
    models.set_alias("digits-svm", "champion", own["version"])
    models.delete_alias("digits-svm", "first")
    bring(capsys, server.url)
    assert not RegisteredModel.objects.filter(name="digits").exists()
    found = models.get("digits-svm")
    assert (found["description"], found["aliases"]) == ("Ours.", {"champion": own["version"], "first": 1})
    assert models.version("digits-svm", 1)["stage"] == "Staging"
    assert [row["path"] for row in models.files("digits-svm", 1)] == ["MLmodel", "weights.bin"]
