"""A trained pipeline becomes a pipeline that answers, and that becomes a model whose files a deployment loads."""

from pathlib import Path
from typing import Any

import pytest
from atelier.components.inference import deriving, graph

from registry.mlmodels.models import ModelVersion
from runs.pipelines.document import checking
from runs.pipelines.drafts import services as drafts
from runs.pipelines.inference import registering
from runs.pipelines.models import Pipeline
from studio.errors import Invalid, Unavailable
from studio.storage import blobs
from tests.factories.data import put_file
from tests.factories.pipelines import make_pipeline
from tests.people import People
from tests.sdk.components.inference import pipelines

pytestmark = pytest.mark.django_db


@pytest.fixture
def realtime(people: People, tmp_path: Path) -> Pipeline:
    """Made of a pipeline that was carried out, what it learned lying in the workspace's datastore."""
    trained = pipelines.Trained(pipelines.diabetes(), tmp_path / "trained")
    places: dict[str, dict[str, Any]] = {}
    for name, ports in trained.places().items():
        for port, said in ports.items():
            folder = Path(said["path"])
            for file in sorted(folder.iterdir()):
                uri = put_file(people.workspace, f"azureml/{name}/{port}/{file.name}", file.read_bytes())
            places.setdefault(name, {})[port] = {"type": "uri_folder", "path": uri.rpartition("/")[0]}
    derived = deriving.derive(trained.document, pipelines.declarations(trained.document), places)
    return drafts.create(
        actor=people.ben,
        workspace=people.workspace,
        name="answers",
        document=derived,
        purpose=Pipeline.Purpose.REALTIME,
    )


def unpacked(version: ModelVersion, folder: Path) -> Path:
    for row in version.files.select_related("blob"):
        (folder / row.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / row.path).write_bytes(b"".join(blobs.read_range(row.blob)))
    return folder


def test_a_pipeline_that_answers_can_run_and_becomes_a_model_that_answers_alike(
    client: Any, people: People, realtime: Pipeline, tmp_path: Path
) -> None:
    assert checking.check(people.workspace, realtime.document) == []
    client.force_login(people.ben)
    page = f"/w/{people.workspace.slug}/pipelines/{realtime.pk}"
    for view in ("edit", "versions"):
        assert "Make a model" in client.get(f"{page}/{view}/").content.decode()
    made = client.post(f"{page}/model/", {"name": "progression"})
    version = ModelVersion.objects.get(model__name="progression")
    assert (made.status_code, made["location"]) == (302, version.get_absolute_url())
    assert (version.number, version.flavors) == (1, ["atelier", "python_function"])
    loaded = graph.load(unpacked(version, tmp_path / "model"))
    row = {"age": 0.04, "sex": 0.05, "bmi": 0.06, "bp": 0.02, **{f"s{n}": 0.01 for n in range(1, 7)}}
    answer = loaded.score({name: [value] for name, value in row.items()})
    assert 100 < answer["Scored Labels"][0] < 300


def test_other_pipelines_and_lost_files_are_refused_and_nothing_is_registered(
    client: Any, people: People, realtime: Pipeline
) -> None:
    with pytest.raises(Invalid, match="no real-time inference pipeline"):
        registering.register_model(actor=people.ben, pipeline=make_pipeline(people.workspace), name="m")
    stored = next(name for name in realtime.document["inputs"] if name.endswith("trained_model"))
    path = realtime.document["inputs"][stored]["path"]
    realtime.document["inputs"][stored]["path"] = "azureml://datastores/workspaceblobstore/paths/gone"
    with pytest.raises(Invalid, match="there is nothing at 'gone'"):
        registering.register_model(actor=people.ben, pipeline=realtime, name="m")
    realtime.document["inputs"][stored]["path"] = path
    with pytest.raises(Invalid, match="required parameter 'name'"):
        registering.register_model(actor=people.ben, pipeline=realtime, name="")
    with registering.PACKING, pytest.raises(Unavailable, match="of another pipeline just now"):
        registering.register_model(actor=people.ben, pipeline=realtime, name="m")
    output = realtime.document["jobs"].pop("web_service_output")
    with pytest.raises(Invalid, match="has one Web Service Output; this one has 0"):
        registering.register_model(actor=people.ben, pipeline=realtime, name="m")
    output["inputs"]["dataset"] = "${{parent.jobs.web_service_input.outputs.dataset}}"
    realtime.document["jobs"] |= {
        "web_service_output": output,
        "own": {"type": "command", "command": "true", "environment": "current"},
    }
    with pytest.raises(Invalid, match="'own' is no component of the studio's own|can't be made a model: own"):
        registering.register_model(actor=people.ben, pipeline=realtime, name="m")
    realtime.document["inputs"] = {}
    with pytest.raises(Invalid, match="answers can't be made a model: .*input"):
        registering.register_model(actor=people.ben, pipeline=realtime, name="m")
    assert not ModelVersion.objects.exists()
    client.force_login(people.ben)
    answer = client.post(
        f"/api/v1/workspaces/{people.workspace.slug}/pipelines/{realtime.pk}/model", {}, "application/json"
    )
    assert answer.status_code == 400 and "name" in str(answer.json()["errors"])
