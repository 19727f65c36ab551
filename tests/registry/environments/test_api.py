"""Environments over REST."""

from collections.abc import Callable

import pytest

from registry.environments.models import EnvironmentAsset
from tests.factories.environments import make_environment_version as make
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"
FILE = "name: train\nconda_file: conda.yml\ntags: {team: vision}\n"
CONDA = "dependencies:\n  - python=3.11\n  - pip:\n      - numpy\n"


@pytest.fixture
def ben(api: Callable[..., ApiClient], people: People) -> ApiClient:
    return api(people.ben, base=BASE)


def test_a_file_is_read_registered_and_registered_again(ben: ApiClient) -> None:
    needed = ben.post("environment-files", {"text": FILE}).json()
    assert needed == {"name": "train", "version": "", "files": ["conda.yml"], "folder": ""}
    body = {"text": FILE, "files": {"conda.yml": CONDA}}
    first, again = ben.post("environments", body), ben.post("environments", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["tags"] == {"team": "vision"}
    assert first.json()["content"]["packages"] == ["numpy"]
    named = ben.post("environments", {**body, "name": "other", "version": "blue"}).json()
    assert (named["name"], named["version"]) == ("other", "blue")


def test_fields_make_a_version_too(ben: ApiClient) -> None:
    made = ben.post("environments", {"name": "train", "requirements": ["numpy", "pandas"], "python": "3.11"})
    assert made.status_code == 201, made.content
    assert ben.get("environments/train/versions/latest").json()["content"]["python"] == "3.11"
    listed = ben.get("environments", {"q": "tra"}).json()["results"]
    assert [(row["name"], row["versions"], row["latest"]) for row in listed] == [("train", 1, "1")]
    assert ben.get("environments", {"q": "nothing"}).json()["results"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "a b", "python": "3.11"},
        {"name": "a", "requirements": ["-r x"]},
        {"name": "a", "imge": "python"},
        {"name": "a", "build": {"path": "."}},
        {"name": "a", "build": {"path": "."}, "build_context": "0" * 64},
        {"name": "a", "version": "latest", "python": "3.11"},
        {"text": "name: [", "name": "a"},
        {"text": "name: a\nimge: b"},
        {"text": FILE},
    ],
)
def test_what_can_not_be_registered_is_refused_and_makes_nothing(ben: ApiClient, body: dict[str, object]) -> None:
    answer = ben.post("environments", body)
    assert answer.status_code in (400, 404), answer.content
    assert answer.json()["detail"].endswith((".", "?"))
    assert not EnvironmentAsset.objects.exists()


def test_a_version_is_described_archived_and_deleted(ben: ApiClient, people: People) -> None:
    make(people.workspace)
    url = "environments/train/versions/1"
    changed = ben.patch(url, {"description": "New", "tags": {"a": "1"}, "is_archived": True}).json()
    assert (changed["description"], changed["tags"], changed["is_archived"]) == ("New", {"a": "1"}, True)
    assert ben.get("environments/train/versions/latest").status_code == 404
    assert ben.patch("environments/train", {"is_archived": True}).json()["is_archived"]
    assert ben.get("environments").json()["results"] == []
    assert [row["name"] for row in ben.get("environments", {"archived": "1"}).json()["results"]] == ["train"]
    assert ben.delete(url).status_code == 204
    assert ben.delete("environments/train").status_code == 204


def test_any_environment_is_built_by_its_name(ben: ApiClient, people: People) -> None:
    from tests.factories import make_target

    make_target(None, name="local", kind="local")
    make(people.workspace)
    made = ben.post("environment-builds", {"environment": "train:1", "form": "venv"}).json()
    assert (made["state"], made["form"]) == ("queued", "venv")
    same = ben.post("environments/train/versions/latest/build", {"form": "venv"}).json()
    assert same["id"] == made["id"]
    curated = ben.post("environment-builds", {"environment": "minimal", "form": "image"}).json()
    assert curated["form"] == "image"
    log = ben.get(f"environment-builds/{made['id']}/log").json()
    assert log["text"] == ""
    assert ben.post(f"environment-builds/{made['id']}/cancel").json()["state"] == "canceled"
    assert ben.post(f"environment-builds/{made['id']}/cancel").status_code == 409
    assert ben.post(f"environment-builds/{made['id']}/retry").json()["attempt"] == 2
    assert ben.post("environment-builds", {"environment": "nothing:1"}).status_code == 400


def test_those_that_ship_are_listed(ben: ApiClient) -> None:
    rows = ben.get("curated-environments").json()["results"]
    assert [row["name"] for row in rows] == ["minimal", "scikit-learn", "xgboost-lightgbm", "designer", "pytorch"]
