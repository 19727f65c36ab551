"""What the search bar of models asks the server."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.mlmodels.models import ModelVersion
from registry.mlmodels.services import models
from tests.people import People

pytestmark = pytest.mark.django_db
Register = Callable[..., ModelVersion]
PLACE = "/api/v1/workspaces/vision/search/models"


@pytest.fixture
def tagged(people: People, register: Register) -> None:
    for name, team in (("digits-svm", "vision"), ("digits' net", "vision"), ("speech", "audio")):
        models.set_tags(actor=people.ben, model=register(name).model, tags={"team": team, "the owner": "ada"})


def labels(client: Any, query: str) -> list[str]:
    return [one["label"] for one in client.get(f"{PLACE}/fields{query}").json()["results"]]


def test_fields_and_the_workspaces_tags_are_offered(people: People, browser: Any, tagged: None) -> None:
    rita = browser(people.rita)
    assert labels(rita, "") == [
        "name",
        "description",
        "creation_timestamp",
        "last_updated_timestamp",
        "team",
        "the owner",
    ]
    assert labels(rita, "?prefix=te") == ["team", "creation_timestamp", "last_updated_timestamp"]
    assert labels(rita, "?family=tags&prefix=own") == ["the owner"]
    texts = [one["text"] for one in rita.get(f"{PLACE}/fields?family=tags").json()["results"]]
    assert texts == ["tags.team", "tags.`the owner`"]


def test_names_and_values_of_tags_are_offered(people: People, browser: Any, tagged: None) -> None:
    rita = browser(people.rita)
    assert labels(rita, "?family=tags&key=team") == ["audio", "vision"]
    assert labels(rita, "?family=attributes&key=name&prefix=DIG") == ["digits' net", "digits-svm"]
    answer = rita.get(f"{PLACE}/fields?family=attributes&key=name&prefix=net").json()
    assert answer["results"][0]["text"] == "'digits'' net'"
    for nothing in ("?family=attributes&key=creation_timestamp", "?family=metrics&key=loss", "?family=metrics"):
        assert labels(rita, nothing) == []


def test_nothing_of_another_workspace_is_offered(people: People, browser: Any, tagged: None) -> None:
    assert browser(people.stan).get(f"{PLACE}/fields").status_code == 404


def test_a_text_is_read_into_chips_and_a_mistake_comes_with_its_place(people: People, browser: Any) -> None:
    rita = browser(people.rita)
    right = rita.post(
        f"{PLACE}/parse", {"text": "name = 'x' AND tag.team = 'y'"}, content_type="application/json"
    ).json()
    assert [chip["key"] for chip in right["chips"]] == ["name", "team"]
    wrong = rita.post(f"{PLACE}/parse", {"text": "metrics.loss < 1"}, content_type="application/json").json()
    assert (wrong["chips"], wrong["error"]["position"]) == ([], 0)


def test_the_list_shows_a_mistake_in_its_place(people: People, browser: Any, tagged: None) -> None:
    rita = browser(people.rita)
    wrong = rita.get("/w/vision/models/", {"filter": "nam = 'x'"})
    page = wrong.content.decode()
    assert "data-error=" in page and 'data-fields-url="/api/v1/workspaces/vision/search/models/fields"' in page
    assert "speech" in rita.get("/w/vision/models/", {"filter": "tags.team = 'audio'"}).content.decode()
