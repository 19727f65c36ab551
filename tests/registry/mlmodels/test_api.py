"""Models over REST."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.mlmodels.models import ModelVersion
from runs.tracking.models import Run
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db
V1 = "/api/v1/workspaces/vision/"
Register = Callable[..., ModelVersion]


@pytest.fixture
def ben_api(api: Any, people: People) -> ApiClient:
    return api(people.ben, base=V1)  # type: ignore[no-any-return]


def test_a_model_from_its_making_to_its_end(ben_api: ApiClient, run: Run) -> None:
    made = ben_api.post("models", {"name": "digits svm", "tags": {"team": "vision"}})
    assert (made.status_code, made.json()["tags"]) == (201, {"team": "vision"})
    assert ben_api.post("models", {"name": "digits svm"}).json()["code"] == "model_exists"
    path = "models/digits%20svm"
    version = ben_api.post(f"{path}/versions", {"source": f"runs:/{run.pk}/model", "aliases": ["champion"]})
    assert (version.status_code, version.json()["aliases"]) == (201, ["champion"])
    assert ben_api.get(f"{path}/versions/champion").json()["run_id"] == run.pk
    assert ben_api.patch(f"{path}/versions/1", {"stage": "production", "tags": {"ok": "yes"}}).json()["stage"] == (
        "Production"
    )
    names = [row["path"] for row in ben_api.get(f"{path}/versions/1/files", {"recursive": "true"}).json()["results"]]
    assert names == ["MLmodel", "data/weights.bin"]
    download = ben_api.get(f"{path}/versions/latest/files/data/weights.bin")
    assert b"".join(download.streaming_content) == b"\0\1"  # type: ignore[attr-defined]
    assert "attachment" in download["Content-Disposition"]
    assert ben_api.put(f"{path}/aliases/candidate", {"version": "1"}).json()["aliases"] == ["candidate", "champion"]
    assert ben_api.delete(f"{path}/aliases/champion").status_code == 204
    renamed = ben_api.patch(path, {"name": "digits", "description": "**new**", "tags": {"team": None}}).json()
    assert (renamed["name"], renamed["tags"], renamed["last_version"]) == ("digits", {}, 1)
    assert ben_api.delete("models/digits/versions/1").status_code == 204
    assert ben_api.delete("models/digits").status_code == 204
    assert ben_api.get("models/digits").status_code == 404


def test_lists_are_paged_and_searched(ben_api: ApiClient, register: Register) -> None:
    for name in ("a", "b", "c"):
        register(name)
    first = ben_api.get("models", {"limit": 2}).json()
    assert [row["name"] for row in first["results"]] == ["a", "b"]
    assert first["next"]
    found = ben_api.get("models", {"filter": "name IN ('b', 'c') AND name != 'c'"}).json()
    assert [row["name"] for row in found["results"]] == ["b"]
    refused = ben_api.get("models", {"filter": "nme = 'b'"})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_search")


def test_a_foreign_workspace_shows_nothing(api: Any, people: People, register: Register) -> None:
    register("secret")
    stan = api(people.stan, base="/api/v1/workspaces/elsewhere/")
    assert stan.get("models").json()["results"] == []
    assert stan.get("models/secret").status_code == 404
    assert stan.post("models/secret/versions", {"source": "models:/secret/1"}).status_code == 404


def test_a_reader_changes_nothing(api: Any, people: People, register: Register) -> None:
    register()
    rita = api(people.rita, base=V1)
    assert rita.get("models/digits-svm").status_code == 200
    assert rita.post("models", {"name": "x"}).status_code == 403
    assert rita.delete("models/digits-svm/versions/1").status_code == 403
