"""Names and versions: counted, shared contents, refused while used."""

import io
import zipfile

import pytest

from registry.environments import definitions, queries, services, uses
from registry.environments.models import Environment, EnvironmentAsset, EnvironmentVersion
from studio.access.models import Workspace
from studio.activity.models import Event
from studio.errors import Conflict, Invalid, NotFound
from studio.storage import folders
from tests.factories.environments import make_environment_version as make
from tests.people import People


def test_versions_are_counted_and_equal_contents_are_one(workspace: Workspace) -> None:
    first, second = make(workspace, "train", "numpy"), make(workspace, "train", "pandas")
    other = make(workspace, "serve", "numpy")
    assert (first.version, second.version, other.version) == ("1", "2", "1")
    assert first.content_id == other.content_id
    assert Environment.objects.count() == 2
    assert Event.objects.filter(verb="environment.registered").count() == 3


def test_the_same_again_is_the_version_that_is_there(workspace: Workspace) -> None:
    first = make(workspace, "train", "numpy")
    assert make(workspace, "train", "numpy") == first
    assert make(workspace, "train", "numpy", version="1") == first
    assert EnvironmentVersion.objects.count() == 1


def test_a_version_never_changes(workspace: Workspace) -> None:
    make(workspace, "train", "numpy", version="3")
    with pytest.raises(Conflict) as caught:
        make(workspace, "train", "pandas", version="3")
    assert caught.value.code == "environment_version_exists"
    assert make(workspace, "train", "pandas").version == "4"
    assert make(workspace, "train", "scipy", version="2").version == "2"
    assert make(workspace, "train", "joblib").version == "5"
    assert make(workspace, "train", "xgboost", version="blue").version == "blue"
    with pytest.raises(Invalid):
        make(workspace, "train", "torch", version="99999999999")


@pytest.mark.parametrize("name", ["../x", "a b", ""])
def test_a_name_that_can_not_be_kept_makes_nothing(workspace: Workspace, name: str) -> None:
    with pytest.raises(Invalid):
        make(workspace, name)
    assert not EnvironmentAsset.objects.exists()
    assert not Environment.objects.exists()


def test_names_mean_versions(workspace: Workspace) -> None:
    first, second = make(workspace, "train", "numpy"), make(workspace, "train", "pandas")
    for ref in ("train", "train@latest", "azureml:train@latest", "train:2", {"name": "train", "version": 2}):
        assert services.find(workspace=workspace, value=ref).version == second
    assert queries.find(workspace, "azureml:train:1") == first.content
    services.archive_version(actor=None, version=second)
    assert services.find(workspace=workspace, value="train").version == first
    assert services.find(workspace=workspace, value="train:2").version == second
    services.archive_version(actor=None, version=first)
    with pytest.raises(Invalid):
        services.find(workspace=workspace, value="train")
    services.archive_version(actor=None, version=first, is_archived=False)
    assert services.find(workspace=workspace, value="train").version == first


def test_a_name_of_ones_own_hides_a_curated_one_but_not_in_azures_registry(workspace: Workspace) -> None:
    assert services.find(workspace=workspace, value="minimal").version is None
    own = make(workspace, "minimal", "polars")
    assert services.find(workspace=workspace, value="minimal").version == own
    azures = "azureml://registries/azureml/environments/minimal-py311/labels/latest"
    assert services.find(workspace=workspace, value=azures).version is None


def test_an_unknown_name_is_told_with_those_there_are(workspace: Workspace, people: People) -> None:
    make(workspace, "train")
    make(people.elsewhere, "secret-name")
    for ref in ("secret-name", "train:9", "nothing@latest", "azureml:nothing:1"):
        with pytest.raises(Invalid) as caught:
            services.find(workspace=workspace, value=ref)
        assert caught.value.code == "unknown_environment"
    assert "train" in caught.value.hint
    assert "secret" not in caught.value.hint


def test_a_version_in_use_is_not_deleted_and_its_users_are_named(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = make(workspace)
    monkeypatch.setattr(uses, "_asked", [lambda versions: [f"The image digits:3 is built with {versions[0]}."]])
    for refuse in (
        lambda: services.delete_version(actor=None, version=version),
        lambda: services.delete_asset(actor=None, asset=version.asset),
    ):
        with pytest.raises(Conflict) as caught:
            refuse()
        assert caught.value.code == "environment_in_use"
        assert "digits:3" in caught.value.message
    monkeypatch.setattr(uses, "_asked", [])
    services.delete_version(actor=None, version=version)
    assert make(workspace, "train", "scipy").version == "2"
    services.delete_asset(actor=None, asset=version.asset)
    assert not EnvironmentAsset.objects.exists()
    assert Environment.objects.count() == 2  # what runs were given stays


def test_words_and_tags_change_and_nothing_else(workspace: Workspace) -> None:
    version = make(workspace, tags={"team": "vision", "old": "1"})
    services.edit_version(actor=None, version=version, description=" New. ", tags={"old": None, "stage": "test"})
    assert (version.description, version.tags) == ("New.", {"team": "vision", "stage": "test"})
    for bad in ({"": "x"}, {"a": "\0"}, {"a": ["b"]}, {"a" * 300: "x"}):
        with pytest.raises(Invalid):
            services.edit_version(actor=None, version=version, tags=bad)


def test_what_decides_the_digest() -> None:
    plain = definitions.parse({"requirements": ["numpy"], "python": "3.11"}, {})
    variables = definitions.parse(
        {"requirements": ["numpy"], "python": "3.11", "environment_variables": {"A": "1"}}, {}
    )
    image = definitions.parse(
        {"requirements": ["numpy"], "python": "3.11", "image": "registry.example/team/base:1"}, {}
    )
    assert len({plain.digest, variables.digest, image.digest}) == 3
    assert plain.venv_digest == variables.venv_digest == image.venv_digest == plain.digest
    assert image.image == "registry.example/team/base:1"
    assert definitions.Definition.from_json(image.to_json()) == image
    assert definitions.parse({"image": "python:3.11"}, {}).image == ""


def dockerfile(workspace: Workspace, text: str = "FROM python:3.11-slim\n", name: str = "Dockerfile") -> str:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, text)
    target.seek(0)
    return folders.store(workspace=workspace, stream=target).sha256


def test_a_dockerfile_is_kept_with_its_folder(workspace: Workspace) -> None:
    sha256 = dockerfile(workspace)
    definition = definitions.parse({"build": {"path": "."}}, {}, context=sha256)
    version = services.register(actor=None, workspace=workspace, name="docker", definition=definition)
    assert version.content.kind == "dockerfile"
    assert version.content.context is not None
    assert version.content.context.sha256 == sha256
    with pytest.raises(Invalid) as caught:
        services.require_no_docker(content=version.content, target="local")
    assert "local" in caught.value.message


@pytest.mark.parametrize(("text", "name"), [("RUN x\n", "Dockerfile"), ("FROM python\n", "other")])
def test_a_folder_without_a_dockerfile_is_refused(workspace: Workspace, text: str, name: str) -> None:
    sha256 = dockerfile(workspace, text, name)
    definition = definitions.parse({"build": {"path": "."}}, {}, context=sha256)
    with pytest.raises(Invalid):
        services.register(actor=None, workspace=workspace, name="docker", definition=definition)
    assert not EnvironmentAsset.objects.exists()


def test_a_folder_of_another_workspace_is_not_found(people: People) -> None:
    sha256 = dockerfile(people.elsewhere)
    definition = definitions.parse({"build": {"path": "."}}, {}, context=sha256)
    with pytest.raises(NotFound):
        services.register(actor=None, workspace=people.workspace, name="docker", definition=definition)
