from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studio.accounts import services, tokens
from studio.accounts.models import ApiToken
from studio.errors import Invalid
from tests.factories import make_token
from tests.people import ApiClient, People


def test_a_token_stands_for_its_person(people: People, api: type[ApiClient]) -> None:
    body = api(people.ben).get("/api/v1/me").json()
    assert body["email"] == "ben@example.org"
    assert body["workspaces"] == [{"slug": "vision", "name": "Vision", "role": "contributor"}]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer ats_unknown", "Bearer " + "x" * 600, "Token abc"]
)
def test_A01_without_a_good_token_the_answer_is_401(db: None, header: str) -> None:
    response = Client().get("/api/v1/me", headers={"Authorization": header} if header else {})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] in {"not_signed_in", "bad_token", "bad_authorization"}


def test_A22_expired_revoked_and_disabled_tokens_stop_at_once(people: People, api: type[ApiClient]) -> None:
    caller = api(people.ben)
    assert caller.get("/api/v1/me").status_code == 200
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert caller.get("/api/v1/me").status_code == 401
    ApiToken.objects.update(expires_at=None, revoked_at=timezone.now())
    assert caller.get("/api/v1/me").status_code == 401
    ApiToken.objects.update(revoked_at=None)
    people.ben.is_active = False
    people.ben.save()
    assert caller.get("/api/v1/me").status_code == 401


def test_A22_a_read_token_only_looks(people: People, api: type[ApiClient]) -> None:
    reading = api(people.ada, make_token(people.ada, scope="read"))
    assert reading.get("/api/v1/workspaces/vision/members").status_code == 200
    refused = reading.post("/api/v1/workspaces/vision/invitations", {"email": "x@example.org", "role": "owner"})
    assert refused.status_code == 403
    for call in (
        reading.post("/api/v1/me/tokens", {"name": "more"}),
        reading.patch("/api/v1/me", {"name": "x"}),
        reading.post("/api/v1/workspaces", {"slug": "new-one", "name": "x"}),
    ):
        assert call.status_code == 403


def test_A23_a_token_in_a_url_is_refused_everywhere(people: People, api: type[ApiClient], client: Client) -> None:
    secret = make_token(people.ada)
    for path in ("/api/v1/me", "/sign-in/", "/w/vision/members/", "/static/css/base.css"):
        response = client.get(path, {"token": secret})
        assert response.status_code == 400, path


def test_the_secret_of_a_token_is_shown_once_and_not_stored(people: People, api: type[ApiClient]) -> None:
    caller = api(people.ada)
    made = caller.post("/api/v1/me/tokens", {"name": "laptop", "scope": "read", "expires_in_days": 30})
    assert made.status_code == 201
    secret = made.json()["token"]
    row = ApiToken.objects.get(pk=made.json()["id"])
    assert secret not in str(row.__dict__)
    assert row.secret_hash == tokens.digest(secret)
    listed = caller.get("/api/v1/me/tokens").json()["results"]
    assert {"token"} & set(listed[0]) == set()
    assert api(people.ada, secret).get("/api/v1/me").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "x", "scope": "admin"},
        {"name": "x", "expires_in_days": 0},
        {"name": "x", "expires_in_days": True},
        {"name": "x", "expires_in_days": 10**30},
        {"name": "x\u0000"},
        {"name": "x\u202e"},
        {"name": 7},
        {"name": "x", "user": 1},
        {"name": "x" * 81},
        [],
        7,
        None,
    ],
)
def test_A10_a_token_of_a_bad_shape_is_refused(people: People, api: type[ApiClient], body: object) -> None:
    caller = api(people.ada)
    before = ApiToken.objects.count()
    response = caller.http.post(
        "/api/v1/me/tokens",
        __import__("json").dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {caller.token}"},
    )
    assert response.status_code == 400
    assert response.json()["code"]
    assert ApiToken.objects.count() == before


def test_nobody_revokes_the_token_of_another(people: People, api: type[ApiClient]) -> None:
    make_token(people.ada)
    of_ada = ApiToken.objects.get(user=people.ada)
    assert api(people.ben).delete(f"/api/v1/me/tokens/{of_ada.pk}").status_code == 404
    assert api(people.ben).delete(f"/api/v1/me/tokens/{10**30}").status_code == 404
    of_ada.refresh_from_db()
    assert of_ada.revoked_at is None
    caller = api(people.ada)
    assert caller.delete(f"/api/v1/me/tokens/{of_ada.pk}").status_code == 204


def test_looking_a_token_up_takes_one_query_and_notes_the_use_once_a_minute(
    people: People, django_assert_num_queries: object
) -> None:
    secret = make_token(people.ben)
    with django_assert_num_queries(2):
        assert tokens.authenticate(secret)
    with django_assert_num_queries(1):
        assert tokens.authenticate(secret)


def test_an_adopted_token_of_any_form_works_as_the_administrators(db: None, api: type[ApiClient]) -> None:
    admin = services.create_first_admin()
    for text in ("0123456789abcdefghij", "ats_chosen-by-hand-0123456789", "kf9-dkf;:_$#@!%^&*()12345"):
        services.adopt_admin_token(user=admin, token=text)
        services.adopt_admin_token(user=admin, token=text)
        assert api(None, text).get("/api/v1/me").json()["email"] == admin.email
    for text in ("short", "atj_0123456789abcdefghij", "with blank 0123456789abc"):
        with pytest.raises(Invalid):
            services.adopt_admin_token(user=admin, token=text)


def test_the_page_shows_a_new_token_once_and_revokes_it(people: People, browser: object) -> None:
    client = browser(people.ada)
    made = client.post("/account/tokens/", {"name": "nightly", "scope": "write", "expires_in_days": "90"})
    assert made.status_code == 200
    assert made["Cache-Control"] == "no-store"
    row = ApiToken.objects.get(user=people.ada, name="nightly")
    assert row.prefix.encode() in made.content
    assert made.content.count(b"ats_") >= 2
    again = client.get("/account/tokens/").content.decode()
    assert f"{row.prefix}…" in again
    assert again.count("ats_") == 1
    assert client.post(f"/account/tokens/{row.pk}/revoke/").status_code == 302
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_a_token_form_with_an_empty_name_comes_back_with_422(people: People, browser: object) -> None:
    response = browser(people.ada).post("/account/tokens/", {"name": "", "scope": "write"})
    assert response.status_code == 422
    assert b"aria-invalid" in response.content
