"""The pages of the vault: names, versions, uses."""

from typing import Any

import pytest

from studio.lineage.things import Thing
from studio.secrets import vault
from studio.secrets.models import Secret
from tests.people import People

pytestmark = pytest.mark.django_db
PAGE = "/w/vision/secrets/"


def test_a_secret_is_made_set_and_deleted_by_hand(people: People, browser: Any) -> None:
    ben = browser(people.ben)
    assert "No secrets" in ben.get(PAGE).content.decode()
    made = ben.post(PAGE, {"name": "token", "value": "canary\nof two lines", "description": "CI"}, follow=True)
    assert "${{secrets.token}}" in made.content.decode()
    one = f"{PAGE}token/"
    assert "version 2" in ben.post(f"{one}set/", {"value": "canary-2"}, follow=True).content.decode()
    ben.post(f"{one}describe/", {"description": "for CI"})
    secret = Secret.objects.get()
    assert vault.reveal(secret, user=Thing("job", "1")) == "canary-2"
    shown = ben.get(one).content.decode()
    assert ("for CI" in shown, "canary" in shown, "canary" in ben.get(PAGE).content.decode()) == (True, False, False)
    ben.post(f"{one}delete/")
    assert not Secret.objects.exists()


def test_what_was_refused_does_not_come_back_with_the_form(people: People, browser: Any) -> None:
    answer = browser(people.ben).post(PAGE, {"name": "not a name", "value": "canary"})
    assert (answer.status_code, "canary" in answer.content.decode()) == (422, False)
    assert "not a name" in answer.content.decode()


def test_a_value_keeps_its_blanks(people: People, browser: Any) -> None:
    browser(people.ben).post(PAGE, {"name": "token", "value": "  word\n"})
    assert vault.reveal(Secret.objects.get(), user=Thing("job", "1")) == "  word\n"


def test_a_reader_sees_names_and_no_way_to_change_them(people: People, browser: Any) -> None:
    vault.put(actor=people.ben, workspace=people.workspace, name="token", value="canary")
    rita = browser(people.rita)
    for page in (PAGE, f"{PAGE}token/"):
        text = rita.get(page).content.decode()
        assert ("token" in text, "<dialog class" in text and "secret" in text.split("<dialog class")[1][:80]) == (
            True,
            False,
        )
    assert rita.post(PAGE, {"name": "b", "value": "c"}).status_code == 403


def test_one_that_is_needed_is_kept_and_the_page_says_why(people: People, browser: Any) -> None:
    vault.put(actor=None, workspace=people.workspace, name="datastore:lake", value="key", held_by="datastore:3")
    answer = browser(people.ben).post(f"{PAGE}datastore:lake/delete/", follow=True).content.decode()
    assert "is used by a datastore" in answer
    assert Secret.objects.exists()
