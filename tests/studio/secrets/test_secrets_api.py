"""Secrets over REST: what goes in never comes out."""

from typing import Any

import pytest

from studio.access.models import Workspace
from studio.lineage.things import Thing
from studio.secrets import vault
from studio.secrets.models import Secret
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db
BASE = "/api/v1/workspaces/vision/"


@pytest.fixture
def ben(api: Any, people: People) -> ApiClient:
    return api(people.ben, base=BASE)


def test_a_secret_is_made_set_described_and_deleted(ben: ApiClient, people: People) -> None:
    made = ben.post("secrets", {"name": "token", "value": "canary-1", "description": "CI"})
    assert (made.status_code, made.json()["version"], made.json()["set_by"]) == (201, 1, people.ben.name)
    again = ben.put("secrets/TOKEN", {"value": "canary-2"})
    assert [each["number"] for each in again.json()["versions"]] == [2, 1]
    assert ben.patch("secrets/token", {"description": "for CI"}).json()["description"] == "for CI"
    vault.reveal(Secret.objects.get(), user=Thing("elsewhere", "7"))
    shown = ben.get("secrets/token")
    assert shown.json()["uses"][0]["user"] == {"kind": "elsewhere", "id": "7", "text": "7", "url": ""}
    listed = ben.get("secrets")
    assert listed.json()["results"][0]["last_use"]["user"]["id"] == "7"
    for answer in (made, again, shown, listed, ben.get("events")):
        assert "canary" not in answer.content.decode()
    assert ben.delete("secrets/token").status_code == 204
    assert ben.get("secrets/token").status_code == 404


def test_a_new_one_of_a_name_that_is_there_is_refused_and_put_makes_what_is_missing(ben: ApiClient) -> None:
    assert ben.put("secrets/token", {"value": "a"}).json()["version"] == 1
    refused = ben.post("secrets", {"name": "Token", "value": "b"})
    assert (refused.status_code, refused.json()["code"]) == (409, "secret_exists")
    assert ben.get("secrets/token").json()["version"] == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"value": ""}, {"value": 7}, {"value": "a\0b"}, {"value": "canary", "held_by": "datastore:1"}, {"value": "x" * 40_000}],
)  # fmt: skip
def test_a_bad_value_is_refused_and_not_repeated(ben: ApiClient, body: dict[str, Any]) -> None:
    refused = ben.put("secrets/token", body)
    assert refused.status_code == 400
    assert "canary" not in refused.content.decode()
    assert not Secret.objects.exists()


def test_a_reader_sees_names_and_sets_nothing(api: Any, people: People, ben: ApiClient) -> None:
    ben.put("secrets/token", {"value": "canary"})
    rita = api(people.rita, base=BASE)
    assert rita.get("secrets/token").status_code == 200
    for answer in (
        rita.put("secrets/token", {"value": "x"}), rita.patch("secrets/token", {"description": "x"}),
        rita.delete("secrets/token"), rita.post("secrets", {"name": "b", "value": "x"}),
    ):  # fmt: skip
        assert (answer.status_code, "secret:edit" in answer.json()["detail"]) == (403, True)


def test_what_something_holds_is_listed_and_not_touched(ben: ApiClient, workspace: Workspace) -> None:
    vault.put(actor=None, workspace=workspace, name="datastore:lake", value="key", held_by="datastore:3")
    assert ben.get("secrets").json()["results"][0]["held_by"]["kind"] == "datastore"
    assert ben.put("secrets/datastore:lake", {"value": "mine"}).status_code == 400
    assert ben.delete("secrets/datastore:lake").json()["code"] == "secret_in_use"
    assert vault.reveal(Secret.objects.get(), user=Thing("datastore", "3")) == "key"


def test_A105_a_secret_of_another_workspace_is_none(api: Any, people: People, ben: ApiClient) -> None:
    ben.put("secrets/token", {"value": "canary"})
    stan = api(people.stan)
    for path in ("workspaces/vision/secrets/token", "workspaces/elsewhere/secrets/token"):
        assert stan.get(f"/api/v1/{path}").status_code == 404
        assert stan.delete(f"/api/v1/{path}").status_code == 404
    assert stan.put("/api/v1/workspaces/elsewhere/secrets/token", {"value": "mine"}).json()["version"] == 1
    assert ben.get("secrets/token").json()["version"] == 1
