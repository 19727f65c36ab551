"""Model files, and versions made of a folder that was sent."""

import hashlib
import io
import zipfile

import pytest

from registry.mlmodels import modelfile, uploads
from registry.mlmodels.models import ModelVersion, ModelVersionFile
from studio.errors import Invalid
from studio.storage import folders
from tests.people import ApiClient, People

FILE = "name: iris\nversion: 4\npath: ./model\ntype: mlflow_model\ntags: {team: vision}\nflavors: {sklearn: {}}\n"
MANUAL = b"flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n"


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def sent(people: People, **files: bytes) -> str:
    raw = zipped(**files)
    folders.store(workspace=people.workspace, stream=io.BytesIO(raw))
    return hashlib.sha256(raw).hexdigest()


def test_a_file_says_what_is_to_be_sent() -> None:
    said = modelfile.read(FILE)
    assert (said.name, said.path, said.source, said.type, said.tags) == (
        "iris", "./model", "", "mlflow_model", {"team": "vision"}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("runs:/k3v9x2m7qabc/model", "runs:/k3v9x2m7qabc/model"),
        ("azureml://jobs/k3v9x2m7qabc/outputs/artifacts/paths/model/", "runs:/k3v9x2m7qabc/model/"),
        ("azureml:iris:3", "models:/iris/3"),
        ("azureml:iris@latest", "models:/iris/latest"),
        ("azureml://datastores/files/paths/iris", "azureml://datastores/files/paths/iris"),
        ("https://models.example/iris.onnx", "https://models.example/iris.onnx"),
    ],
)
def test_addresses_need_nothing_sent(path: str, source: str) -> None:
    said = modelfile.read(f"name: iris\npath: {path}\n")
    assert (said.path, said.source) == ("", source)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("path: ./model", "it gives no name"),
        ("name: iris", "it gives no path"),
        ("name: iris\npath: m\ntype: pickle", "type is one of custom_model, mlflow_model, triton_model, not 'pickle'"),
        ("name: iris\npath: m\ndescribtion: x", "Did you mean 'description'?"),
        ("name: iris\npath: azureml://jobs/a/outputs/best/paths/m", "the output 'best' of a job"),
        ("name: iris\npath: m\ntags: {a: [1]}", "tags are names with texts"),
        ("- iris", "it must hold fields such as name and path"),
        ("name: [", "it is no YAML"),
        ("name: {}\npath: m", "name is a text"),
    ],
)
def test_what_can_not_be_meant_is_said(text: str, problem: str) -> None:
    with pytest.raises(Invalid, match="The model file can't be used") as refused:
        modelfile.read(text)
    assert problem in refused.value.message


@pytest.mark.django_db
def test_a_sent_folder_becomes_a_version(people: People, api) -> None:
    ben: ApiClient = api(people.ben, base="/api/v1/workspaces/vision/")
    assert ben.post("model-files", {"text": FILE}).json()["path"] == "./model"
    digest = sent(people, **{"MLmodel": MANUAL, "data/model.pkl": b"pickled"})
    ben.post("models", {"name": "iris"})
    answer = ben.post("models/iris/versions", {"source": uploads.source_of(digest, "model")})
    assert answer.status_code == 201, answer.json()
    version = ModelVersion.objects.get(model__name="iris")
    assert (version.format, version.flavors) == ("mlflow", ["python_function"])
    assert set(version_paths(version)) == {"MLmodel", "data/model.pkl"}


@pytest.mark.django_db
def test_a_folder_of_another_kind_keeps_its_name(people: People, api) -> None:
    ben: ApiClient = api(people.ben, base="/api/v1/workspaces/vision/")
    digest = sent(people, **{"weights.bin": b"1"})
    ben.post("models", {"name": "iris"})
    assert ben.post("models/iris/versions", {"source": uploads.source_of(digest, "net")}).status_code == 201
    assert version_paths(ModelVersion.objects.get(model__name="iris")) == ["net/weights.bin"]


@pytest.mark.django_db
@pytest.mark.parametrize("source", ["import:folder/" + "a" * 64, "import:folder/nothing", "import:folder/"])
def test_a_folder_that_was_not_sent_makes_no_version(people: People, api, source: str) -> None:
    ben: ApiClient = api(people.ben, base="/api/v1/workspaces/vision/")
    ben.post("models", {"name": "iris"})
    answer = ben.post("models/iris/versions", {"source": source})
    assert answer.status_code in (400, 404), answer.json()
    assert not ModelVersion.objects.filter(model__name="iris").exists()


@pytest.mark.django_db
def test_a_folder_of_another_workspace_is_not_found(people: People, api) -> None:
    digest = sent(people, **{"weights.bin": b"1"})
    stan: ApiClient = api(people.stan, base="/api/v1/workspaces/elsewhere/")
    stan.post("models", {"name": "iris"})
    assert stan.post("models/iris/versions", {"source": uploads.source_of(digest)}).status_code == 404


def version_paths(version: ModelVersion) -> list[str]:
    return list(ModelVersionFile.objects.filter(version=version).values_list("path", flat=True))
