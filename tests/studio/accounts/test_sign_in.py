import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studio.accounts import services
from studio.accounts.models import LoginAttempt, SignInLink
from tests.factories.accounts import PASSWORD, make_user
from tests.people import People

URL = "/sign-in/"


def attempt(client: Client, email: str, password: str, **more: str) -> object:
    return client.post(URL, {"email": email, "password": password, **more})


def test_the_right_password_signs_in_and_A21_changes_the_session(people: People, client: Client) -> None:
    client.get(URL)
    session = client.session
    session["kept"] = "1"
    session.save()
    before = session.session_key
    response = attempt(client, "Ada@Example.org ", PASSWORD)
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.session.session_key != before


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(people: People, client: Client) -> None:
    wrong = attempt(client, "ada@example.org", "not this one")
    unknown = attempt(client, "nobody@example.org", "not this one")
    assert wrong.status_code == unknown.status_code == 422
    strip = re.compile(rb'value="[^"]*"|name="csrfmiddlewaretoken"[^>]*|X-CSRFToken": "[^"]*')
    assert strip.sub(b"", wrong.content) == strip.sub(b"", unknown.content)


def test_A20_the_sixth_wrong_try_within_a_minute_is_throttled_also_for_the_right_password(
    people: People, client: Client
) -> None:
    codes = [attempt(Client(REMOTE_ADDR=f"10.0.0.{n}"), "ada@example.org", "wrong one").status_code for n in range(7)]
    assert codes == [422] * 5 + [429] * 2
    refused = attempt(client, "ada@example.org", PASSWORD)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert attempt(client, "ben@example.org", PASSWORD).status_code == 302
    LoginAttempt.objects.update(at=timezone.now() - timedelta(seconds=61))
    assert attempt(client, "ada@example.org", PASSWORD).status_code == 302


def test_one_address_can_not_sweep_over_many_accounts(db: None, client: Client) -> None:
    codes = {attempt(client, f"p{n}@example.org", "wrong").status_code for n in range(61)}
    assert codes == {422, 429}


def test_a_disabled_person_can_not_sign_in_and_A21_loses_the_session(people: People, client: Client) -> None:
    client.force_login(people.ben)
    people.ben.is_active = False
    people.ben.save()
    assert client.get("/account/profile/").status_code == 302
    assert attempt(Client(), "ben@example.org", PASSWORD).status_code == 422


@pytest.mark.parametrize(
    "target",
    ["//evil.invalid", "/\\evil", "https:evil", "https://evil.invalid/", "/%5cevil\r\nLocation:x", "javascript:1"],
)
def test_A25_signing_in_leads_nowhere_else(people: People, client: Client, target: str) -> None:
    response = attempt(client, "ada@example.org", PASSWORD, next=target)
    assert response.status_code == 302
    assert response["Location"] == "/"


def test_signing_in_leads_back_to_the_page_that_asked_for_it(people: People, client: Client) -> None:
    asked = client.get("/w/vision/members/")
    assert asked["Location"] == "/sign-in/?next=/w/vision/members/"
    response = attempt(client, "ada@example.org", PASSWORD, next="/w/vision/members/")
    assert response["Location"] == "/w/vision/members/"


def test_A12_no_account_exists_before_the_first_start_and_that_one_has_no_password(db: None, client: Client) -> None:
    admin = services.create_first_admin()
    assert not admin.has_usable_password()
    for password in ("", "admin", "password1234", "admin:admin"):
        assert attempt(client, admin.email, password).status_code in (422, 429)


def test_a_sign_in_link_works_once(people: People, client: Client) -> None:
    link = services.make_sign_in_link(user=people.ada)
    assert link.startswith("http://testserver/sign-in/link/")
    path = link.removeprefix("http://testserver")
    assert Client(headers={"Sec-Purpose": "prefetch"}).get(path).status_code == 204
    assert client.get(path).status_code == 302
    assert client.get("/account/profile/").status_code == 200
    assert client.get(path).status_code == 302  # a reload by the same person
    assert Client().get(path).status_code == 410


def test_a_sign_in_link_runs_out_after_an_hour(people: People, client: Client) -> None:
    path = services.make_sign_in_link(user=people.ada).removeprefix("http://testserver")
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(path).status_code == 410
    assert client.get("/sign-in/link/no-such-secret/").status_code == 410


def test_signing_out_ends_the_session(people: People, client: Client) -> None:
    client.force_login(people.ada)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/account/profile/").status_code == 302


def test_A13_weak_passwords_are_refused(people: People, client: Client) -> None:
    client.force_login(people.ada)
    for weak in ("a", "password1", "short but ok", "123456789012", "ada@example.org", "Ada Lovelace"):
        response = client.post("/account/profile/", {"form": "password", "old": PASSWORD, "new": weak[:11]})
        assert response.status_code == 422, weak
    for weak in ("123456789012", "ada@example.org"):
        response = client.post("/account/profile/", {"form": "password", "old": PASSWORD, "new": weak})
        assert response.status_code == 422, weak


def test_A21_changing_the_password_ends_the_other_sessions(people: People, client: Client) -> None:
    other = Client()
    other.force_login(people.ada)
    client.force_login(people.ada)
    new = "quite another passphrase"
    wrong = client.post("/account/profile/", {"form": "password", "old": "not it", "new": new})
    assert wrong.status_code == 422
    assert client.post("/account/profile/", {"form": "password", "old": PASSWORD, "new": new}).status_code == 302
    assert client.get("/account/profile/").status_code == 200
    assert other.get("/account/profile/").status_code == 302
    assert attempt(Client(), "ada@example.org", new).status_code == 302


def test_A14_a_form_from_another_site_is_refused(people: People) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.ada)
    response = strict.post("/account/profile/", {"name": "x"}, headers={"Origin": "http://evil.invalid"})
    assert response.status_code == 403


def test_the_first_start_makes_one_administrator_with_the_workspace_main(db: None) -> None:
    first, again = services.create_first_admin(), services.create_first_admin()
    assert first == again
    assert first.is_superuser
    assert [(m.workspace.slug, m.role) for m in first.memberships.all()] == [("main", "owner")]


def test_a_person_without_a_password_may_choose_one(db: None, client: Client) -> None:
    user = make_user(password=None)
    client.force_login(user)
    response = client.post("/account/profile/", {"form": "password", "new": "a rather long new one"})
    assert response.status_code == 302
    user.refresh_from_db()
    assert user.check_password("a rather long new one")
