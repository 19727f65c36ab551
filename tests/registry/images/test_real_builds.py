"""Images that are really built, on a real Docker engine, and answer."""

import io
import json
import pickle
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from compute.building import machine
from compute.building import services as building
from compute.building.program.marks import Mark, remove_leavings
from compute.jobs import tasks
from compute.jobs.models import Job, JobState
from registry.environments import services as environments
from registry.environments.models import Environment
from registry.images import services
from registry.images.models import ImageVersion
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace
from studio.storage import folders
from tests.compute.building.conftest import forget
from tests.compute.conftest import Bench, bench
from tests.docker_engine import base_image, docker_engine
from tests.factories.images import make_model

__all__ = ["base_image", "bench", "docker_engine"]
pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]
ASK = """import sys, urllib.request as r
body = sys.argv[2].encode() if len(sys.argv) > 2 else None
print(r.urlopen(r.Request(sys.argv[1], body, {"Content-Type": "application/json"}), timeout=10).read().decode())
"""
SCORE = """import json, os, pickle
def init():
    global model
    with open(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model.pkl"), "rb") as file:
        model = pickle.load(file)
def run(data):
    return model.predict(json.loads(data)["data"]).tolist()
"""


@pytest.fixture
def builder(bench: Bench, docker_engine: docker.DockerClient, base_image: str, settings: Any) -> Iterator[Bench]:
    settings.START_TIMEOUT_SECONDS = 30
    yield Bench(bench.actor, bench.workspace, building.ensure_builder_target())
    forget(docker_engine)


@pytest.fixture(scope="module")
def trained() -> Any:
    from sklearn.datasets import load_diabetes
    from sklearn.linear_model import LinearRegression

    rows, targets = load_diabetes(return_X_y=True)
    return LinearRegression().fit(rows, targets), rows[:3]


def test_an_mlflow_model_answers_invocations_from_its_image(
    builder: Bench, docker_engine: docker.DockerClient, trained: Any, tmp_path: Path
) -> None:
    estimator, rows = trained
    version = built(builder, _mlflow_model(builder, estimator, rows, tmp_path))
    assert {"scikit-learn", "numpy"} <= {each["name"] for each in version.packages}
    assert version.sbom is not None
    answer = asked(docker_engine, version, "/invocations", {"inputs": rows.tolist()})
    assert answer["predictions"] == pytest.approx(estimator.predict(rows).tolist(), abs=1e-9)


def test_a_pickle_answers_by_its_scoring_script(
    builder: Bench, docker_engine: docker.DockerClient, trained: Any
) -> None:
    estimator, rows = trained
    workspace = builder.workspace
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("src/score.py", SCORE)
    raw.seek(0)
    version = built(
        builder,
        make_model(workspace, "pickled", {"model.pkl": pickle.dumps(estimator)}),
        code=folders.store(workspace=workspace, stream=raw),
        scoring_script="src/score.py",
        environment=_environment(workspace),
    )
    answer = asked(docker_engine, version, "/score", {"data": rows.tolist()})
    assert answer == pytest.approx(estimator.predict(rows).tolist(), abs=1e-9)


def test_a_model_converted_to_onnx_answers_as_the_original_does(
    builder: Bench, docker_engine: docker.DockerClient, trained: Any, tmp_path: Path
) -> None:
    estimator, rows = trained
    version = built(builder, _mlflow_model(builder, estimator, rows, tmp_path), type="onnx")
    found = version.facts["conversion"]
    assert (found["compared"], found["largest_difference"] < 1e-9) == (3, True)
    assert "scikit-learn" not in {each["name"] for each in version.packages}
    answer = asked(docker_engine, version, "/score", {"input_data": rows.tolist()})
    assert answer == pytest.approx(estimator.predict(rows).tolist(), abs=1e-9)


def built(builder: Bench, model: ModelVersion, **asked: Any) -> ImageVersion:
    version = services.build(actor=builder.actor, workspace=builder.workspace, models=[model], **asked)
    tasks.dispatch(builder.target.pk)
    job = builder.wait(Job.objects.get(pk=version.job_id), seconds=300)
    assert job.state == JobState.COMPLETED, builder.log(job)
    version.refresh_from_db()
    assert version.state == ImageVersion.State.READY
    return version


def asked(client: docker.DockerClient, version: ImageVersion, path: str, body: Any) -> Any:
    """The answer of a hardened container of the image, asked from inside: it has no network at all."""
    container = client.containers.run(
        version.reference,
        detach=True,
        network_mode="none",
        read_only=True,
        tmpfs={"/tmp": "size=64m"},
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
    )
    try:
        _wait_until_ready(container)
        # It carries the labels of the build that made its image, and is nothing that the build left.
        assert remove_leavings(client, Mark(machine.studio(), version.job_id, version.job.attempt)) == 0
        code, said = container.exec_run(["python", "-c", ASK, f"http://127.0.0.1:5001{path}", json.dumps(body)])
        assert code == 0, said.decode() + container.logs().decode()
        return json.loads(said)
    finally:
        container.remove(force=True)


def _wait_until_ready(container: Any) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        container.reload()
        assert container.status != "exited", container.logs().decode()
        if container.exec_run(["python", "-c", ASK, "http://127.0.0.1:5001/healthz/ready"])[0] == 0:
            return
    raise AssertionError(container.logs().decode())


def _mlflow_model(builder: Bench, estimator: Any, rows: Any, folder: Path) -> ModelVersion:
    import mlflow

    mlflow.sklearn.save_model(
        estimator, str(folder / "model"), pip_requirements=list(_pins()), input_example=rows, skops_trusted_types=None
    )
    files = {
        path.relative_to(folder / "model").as_posix(): path.read_bytes()
        for path in (folder / "model").rglob("*")
        if path.is_file()
    }
    # Nothing here is loaded by MLflow itself, and bringing it in takes a minute.
    files["requirements.txt"] = "\n".join(_pins()).encode()
    return make_model(builder.workspace, "diabetes", files)


def _environment(workspace: Workspace) -> Environment:
    """The same as the MLflow model's, so that it is built once."""
    return environments.find(workspace=workspace, value={"requirements": list(_pins()), "python": "3.11"}).content


def _pins() -> tuple[str, ...]:
    """What is installed here, so that nothing but the cache is asked."""
    from importlib.metadata import version

    return tuple(f"{name}=={version(name)}" for name in ("scikit-learn", "numpy", "skops"))
