"""Pages of environments: lists, forms with checks, what a Reader sees."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from registry.environments.models import EnvironmentBuild, EnvironmentVersion
from tests.factories.environments import make_environment_version as make
from tests.people import People

BASE = "/w/vision/"


@pytest.fixture
def ben(client: Client, people: People) -> Client:
    client.force_login(people.ben)
    return client


def text(client: Client, path: str) -> str:
    response = client.get(BASE + path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_lists_show_names_and_those_that_ship(ben: Client, people: People) -> None:
    assert "No environments yet" in text(ben, "environments/")
    make(people.workspace, "train", "numpy", "pandas", tags={"team": "vision"})
    page = text(ben, "environments/")
    assert "2 packages" in page
    assert "team" in page
    assert "train" not in text(ben, "environments/?q=other")
    curated = text(ben, "environments/?show=curated")
    assert "XGBoost and LightGBM" in curated
    assert "PyTorch" not in text(ben, "environments/?show=curated&q=boost").split("<tbody")[1]


def test_the_form_registers_each_kind(ben: Client) -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("sub/Dockerfile", "FROM python:3.11-slim\n")
    upload = SimpleUploadedFile("folder.zip", zipped.getvalue())
    single = SimpleUploadedFile("Dockerfile", b"FROM python:3.11-slim\n")
    for number, fields in enumerate(
        (
            {"source": "requirements", "requirements": "numpy\npandas"},
            {"source": "conda", "conda": "dependencies:\n  - python=3.11\n"},
            {"source": "image", "python": "3.11"},
            {"source": "dockerfile", "folder": upload, "dockerfile": "sub/Dockerfile"},
            {"source": "dockerfile", "folder": single},
        ),
        start=1,
    ):
        answer = ben.post(BASE + "new-environment/", {"name": "train", **fields})
        assert answer.status_code == 302, answer.content
        assert answer.headers["Location"].endswith(f"/environments/train/versions/{number}/")
    kinds = list(EnvironmentVersion.objects.order_by("number").values_list("content__kind", flat=True))
    assert kinds == ["requirements", "conda", "python", "dockerfile", "dockerfile"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"source": "requirements", "requirements": ""}, "Name at least one package"),
        ({"source": "requirements", "requirements": "-e ."}, "is not used here"),
        ({"source": "conda", "conda": "[1"}, "This is no conda file"),
        ({"source": "image"}, "Name an image"),
        ({"source": "dockerfile"}, "Choose the zip"),
        ({"source": "requirements", "requirements": "numpy", "name": "a b"}, "name an environment"),
    ],
)
def test_the_form_says_what_is_wrong_at_its_field(ben: Client, fields: dict[str, str], said: str) -> None:
    answer = ben.post(BASE + "new-environment/", {"name": "train", **fields})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not EnvironmentVersion.objects.exists()


def test_a_version_shows_definition_builds_and_users_and_a_reader_no_actions(
    ben: Client, client: Client, people: People
) -> None:
    version = make(people.workspace, "train", "numpy")
    build = EnvironmentBuild.objects.create(
        content=version.content, form="venv", state="failed", problem="No wheels.", attempt=2
    )
    page = text(ben, "environments/train/versions/1/")
    for word in ("- numpy", "No wheels.", "Retry", "Build image", "environment: azureml:train:1"):
        assert word in page
    client.force_login(people.rita)
    for path in (
        "environments/",
        "environments/train/",
        "environments/train/versions/1/",
        f"environment-contents/{version.content_id}/",
        f"environment-builds/{build.pk}/",
        "curated-environments/minimal/",
    ):
        seen = text(client, path)
        main = seen[seen.index("<main") :]
        assert 'method="post"' not in main, path
        assert "New environment" not in main
    assert client.get(BASE + "curated-environments/nothing/").status_code == 404


def test_a_name_is_archived_restored_and_deleted(ben: Client, people: People) -> None:
    make(people.workspace, "train", "numpy")
    ben.post(BASE + "environments/train/archive/")
    assert "Show archived" in text(ben, "environments/")
    ben.post(BASE + "environments/train/archive/", {"restore": "1"})
    assert "train" in text(ben, "environments/")
    ben.post(BASE + "environments/train/edit/", {"description": "**Bold**"})
    assert "<strong>Bold</strong>" in text(ben, "environments/train/")
    assert ben.post(BASE + "environments/train/versions/1/delete/").status_code == 302
    assert not EnvironmentVersion.objects.exists()
