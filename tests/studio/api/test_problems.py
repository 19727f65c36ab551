import json

import pytest
from django.db import DataError, OperationalError
from django.test import Client

from studio.accounts import services
from studio.api.throttle import PrincipalThrottle
from tests.people import ApiClient, People

ME = "/api/v1/me"


def raw(caller: ApiClient, method: str, path: str, body: bytes, **headers: str) -> object:
    send = {"Authorization": f"Bearer {caller.token}", **headers}
    kind = send.pop("content_type", "application/json")
    return caller.http.generic(method, path, body, content_type=kind, headers=send)


def test_an_error_is_a_problem_document_with_the_id_of_its_request(people: People, api: type[ApiClient]) -> None:
    response = api(people.ada).patch(ME, {"theme": "pink", "extra": 1}, headers={"X-Request-ID": "abc-12345678"})
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response["X-Request-ID"] == "abc-12345678"
    body = response.json()
    assert set(body) == {"type", "title", "status", "code", "detail", "hint", "errors", "request_id"}
    assert body["request_id"] == "abc-12345678"
    assert {error["field"] for error in body["errors"]} == {"extra"}


def test_a_request_id_that_could_forge_a_log_line_is_replaced(client: Client) -> None:
    response = client.get("/sign-in/", headers={"X-Request-ID": "x\ty and more than that"})
    assert response["X-Request-ID"] != "x\ty and more than that"
    assert response["X-Request-ID"].isalnum()


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b'"x"', {}, 400),
        (b"null", {}, 400),
        (b'{"name": "a\\u0000b"}', {}, 400),
        (b'{"name": "\\ud800"}', {}, 400),
        (b'{"name": NaN}', {}, 400),
        (b'{"name": "a", "name": "b"}', {}, 400),
        (b'{"name": ' + b"[" * 5000 + b"]" * 5000 + b"}", {}, 400),
        (b'{"name": ' + b"9" * 5000 + b"}", {}, 400),
        (b'{"name": "' + b"x" * 1_100_000 + b'"}', {}, 413),
        (b"name=x", {"content_type": "application/x-www-form-urlencoded"}, 415),
        (b"{}", {"content_type": "text/plain"}, 415),
        (b"{}", {"content_type": "application/json; charset=utf-16"}, 415),
        (b"{}", {"Content-Encoding": "br"}, 415),
        (b"{}", {"Content-Encoding": "gzip"}, 400),
    ],
)
def test_A93_a_bad_body_is_refused_and_changes_nothing(
    people: People, api: type[ApiClient], body: bytes, headers: dict[str, str], status: int
) -> None:
    caller = api(people.ada)
    if body == b"":
        headers = {**headers, "Content-Length": "0"}
    response = raw(caller, "PATCH", ME, body, **headers)
    if body == b"":
        assert response.status_code in (200, 400)  # no body at all changes nothing
    else:
        assert response.status_code == status
        assert response.json()["code"]
    people.ada.refresh_from_db()
    assert people.ada.name == "Ada Lovelace"


def test_an_unknown_path_and_method_are_problems_too(people: People, api: type[ApiClient]) -> None:
    caller = api(people.ada)
    assert caller.get("/api/v1/nothing").json()["status"] == 404
    assert caller.put(ME).json()["status"] == 405
    assert caller.http.options(ME, headers={"Authorization": f"Bearer {caller.token}"}).status_code == 405


def test_A18_variants_of_a_path_lead_nowhere(people: People, api: type[ApiClient]) -> None:
    for path in ("/api/v1/me%0a", "//api/v1/me", "/api/v1/me;.css", "/API/v1/me", "/api/v1/me.json", "/api/v1/me/"):
        assert api(people.ada).get(path).status_code in (401, 404), path


def test_A15_a_foreign_host_is_refused(client: Client) -> None:
    assert client.get(ME, headers={"Host": "evil.invalid"}).status_code == 400


def test_A17_a_forged_proxy_header_signs_nobody_in(client: Client) -> None:
    for name in ("X-Forwarded-User", "Remote-User", "X_Forwarded_User"):
        assert client.get(ME, headers={name: "ada@example.org"}).status_code == 401


def test_A14_a_cookie_alone_changes_nothing(people: People) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.ada)
    for method in ("post", "patch", "put", "delete"):
        for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
            response = getattr(browser, method)(
                "/api/v1/workspaces", "{}", content_type=kind, headers={"Origin": "http://evil.invalid"}
            )
            assert response.status_code == 403, (method, kind)


def test_A16_an_override_header_does_not_change_the_method(people: People, api: type[ApiClient]) -> None:
    response = api(people.ada).get(ME, headers={"X-HTTP-Method-Override": "DELETE"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("raised", "status"),
    [(OperationalError("down"), 503), (DataError("big"), 400), (RecursionError(), 400), (OverflowError(), 400)],
)
def test_what_breaks_below_a_view_is_answered(
    people: People,
    api: type[ApiClient],
    browser: object,
    monkeypatch: pytest.MonkeyPatch,
    raised: Exception,
    status: int,
) -> None:
    def broken(**_values: object) -> None:
        raise raised

    monkeypatch.setattr(services, "edit_profile", broken)
    response = api(people.ada).patch(ME, {"name": "x"})
    assert response.status_code == status
    assert ("Retry-After" in response) == (status == 503)
    page = browser(people.ada).post("/account/profile/", {"name": "x", "theme": "dark", "density": "default"})
    assert page.status_code == status
    assert b"<html" in page.content


def test_a_bug_is_a_problem_document_without_its_details(
    people: People, api: type[ApiClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_values: object) -> None:
        raise KeyError("a secret detail")

    monkeypatch.setattr(services, "edit_profile", broken)
    caller = api(people.ada)
    caller.http.raise_request_exception = False
    response = caller.patch(ME, {"name": "x"})
    assert response.status_code == 500
    assert response.json()["code"] == "internal_error"
    assert b"secret" not in response.content


def test_a_caller_that_runs_away_is_slowed_down(
    people: People, api: type[ApiClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PrincipalThrottle, "burst", 3.0)
    monkeypatch.setattr(PrincipalThrottle, "rate", 0.5)
    monkeypatch.setattr(PrincipalThrottle, "_buckets", {})
    caller = api(people.ada)
    codes = [caller.get(ME).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    last = caller.get(ME)
    assert 1 <= int(last["Retry-After"]) <= 3
    assert api(people.ben).get(ME).status_code == 200


def test_the_schema_describes_the_api(people: People, api: type[ApiClient], client: Client) -> None:
    assert client.get("/api/v1/schema/").status_code == 401
    response = api(people.ada).get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert response.status_code == 200
    assert "/api/v1/me" in json.loads(response.content)["paths"]


def test_every_answer_carries_the_headers_that_protect_a_browser(people: People, browser: object) -> None:
    page = browser(people.ada).get("/account/profile/")
    policy = page["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page["Cache-Control"] == "no-store"


def test_an_htmx_request_of_a_signed_out_person_is_sent_to_sign_in(people: People, client: Client) -> None:
    response = client.get("/notifications/panel/", headers={"HX-Request": "true"})
    assert response["HX-Redirect"].startswith("/sign-in/")
