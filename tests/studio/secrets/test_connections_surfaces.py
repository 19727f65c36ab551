"""Connections over REST and on pages: no surface shows a credential."""

from typing import Any

import pytest

from studio.lineage.things import Thing
from studio.secrets.connections import services
from studio.secrets.models import Connection
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db
BASE = "/api/v1/workspaces/vision/"
PAGE = "/w/vision/connections/"
GIT = {"name": "code", "type": "git", "target": "https://x.example/", "credentials": {"type": "pat", "pat": "canary-1"}}
FILE = "name: feed\ntype: api_key\napi_base: https://api.example/\napi_key: canary-file\n"


@pytest.fixture
def ben(api: Any, people: People) -> ApiClient:
    return api(people.ben, base=BASE)


def kept() -> dict[str, str]:
    return services.reveal_credentials(actor=None, connection=Connection.objects.get(), user=Thing("job", "1"))


def test_A103_no_answer_holds_a_credential(ben: ApiClient) -> None:
    answers = [
        ben.post("connections", GIT), ben.get("connections"), ben.get("connections/code"), ben.get("connections/code?expand=secret"),
        ben.patch("connections/CODE", {"description": "about"}), ben.get("secrets"), ben.get("secrets/connection:code"), ben.get("events"),
        ben.patch("connections/code", {"target": "https://evil.example/"}),
        ben.patch("connections/code", {"credentials": {"type": "pat", "pat": "canary-2", "other": "canary-3"}}),
        ben.post("connections", {**GIT, "credentials": {"type": "nothing", "pat": "canary-4"}}),
        ben.post("connections", {"text": "canary: ["}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200, 200, 200, 200, 400, 400, 400, 400]
    assert answers[2].json()["credentials"] == {"type": "pat", "is_set": True}
    for answer in answers:
        assert "canary-" not in answer.content.decode()
    assert kept() == {"pat": "canary-1"}
    assert ben.delete("connections/code").status_code == 204


def test_a_file_is_taken_as_it_is(ben: ApiClient) -> None:
    made = ben.post("connections", {"text": FILE})
    assert (made.status_code, made.json()["target"]) == (201, "https://api.example/")
    assert kept() == {"key": "canary-file"}
    both = ben.post("connections", {"text": FILE, "name": "b"})
    assert both.status_code == 400
    moved = ben.patch("connections/feed", {"api_base": "https://other.example/", "api_key": "canary-9"})
    assert (moved.json()["target"], kept()) == ("https://other.example/", {"key": "canary-9"})


def test_a_reader_sees_what_there_is_and_changes_nothing(api: Any, people: People, ben: ApiClient) -> None:
    ben.post("connections", GIT)
    rita = api(people.rita, base=BASE)
    assert rita.get("connections/code").status_code == 200
    assert {rita.post("connections", GIT).status_code, rita.delete("connections/code").status_code} == {403}
    assert api(people.stan, base=BASE).get("connections/code").status_code == 404


def test_one_is_made_changed_and_deleted_by_hand(people: People, browser: Any) -> None:
    ben = browser(people.ben)
    assert "No connections" in ben.get(PAGE).content.decode()
    values = {
        "name": "code",
        "type": "git",
        "target": "https://x.example/",
        "credentials": "pat",
        "pat__pat": "canary-1",
    }
    made = ben.post(f"{PAGE}new", values, follow=True).content.decode()
    assert ("Personal access token" in made, "canary" in made, kept()) == (True, False, {"pat": "canary-1"})
    same = {**values, "pat__pat": "", "description": "about"}
    ben.post(f"{PAGE}code/edit/", same)
    assert (Connection.objects.get().description, kept()) == ("about", {"pat": "canary-1"})
    moved = ben.post(f"{PAGE}code/edit/", {**same, "target": "https://evil.example/"})
    assert (moved.status_code, "enter its credential again" in moved.content.decode()) == (422, True)
    assert "canary" not in ben.get(f"{PAGE}code/edit/").content.decode() + ben.get(PAGE).content.decode()
    ben.post(f"{PAGE}code/delete/")
    assert not Connection.objects.exists()


def test_a_form_that_was_refused_names_the_field_and_repeats_no_secret(people: People, browser: Any) -> None:
    ben = browser(people.ben)
    values = {
        "name": "code",
        "type": "snowflake",
        "target": "",
        "credentials": "username_password",
        "username_password__password": "canary",
    }
    answer = ben.post(f"{PAGE}new", values)
    text = answer.content.decode()
    assert (answer.status_code, "canary" in text, "needs a target" in text, "it is missing" in text) == (
        422,
        False,
        True,
        True,
    )
    pasted = ben.post(f"{PAGE}new", {"text": "name: a\ntype: git\ncredentials: {type: pat, pat: canary}\n"})
    assert (pasted.status_code, "canary" in pasted.content.decode()) == (422, False)
    ben.post(f"{PAGE}new", {"text": FILE})
    assert kept() == {"key": "canary-file"}


def test_what_a_form_does_not_know_of_the_metadata_stays(people: People, browser: Any, ben: ApiClient) -> None:
    ben.post("connections", {**GIT, "metadata": {"team": "vision"}, "is_shared": False})
    values = {"name": "code", "type": "git", "target": "https://x.example/", "credentials": "pat", "description": "x"}
    browser(people.ben).post(f"{PAGE}code/edit/", values)
    found = Connection.objects.get()
    assert (found.metadata, found.is_shared, found.description) == ({"team": "vision"}, False, "x")
