"""Writes with a token leave out what browsers need, and nothing else: the same answers, headers and refusals."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections
from django.utils.module_loading import import_string

from studio import token_writes
from studio.accounts.models import ApiToken
from studio.token_writes import TokenWrites, by_credential
from tests.factories import make_token

pytestmark = pytest.mark.django_db
CHANGING = frozenset({"x-request-id", "date"})


def environ(path: str, body: Any, token: str = "", **more: str) -> dict[str, Any]:
    raw = json.dumps(body).encode()
    given = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
    return {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "", "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(raw)), "HTTP_HOST": "testserver", "SERVER_NAME": "testserver", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.input": io.BytesIO(raw), "wsgi.url_scheme": "http",
        **given, **more,
    }  # fmt: skip


def answer(app: Any, given: dict[str, Any]) -> tuple[str, dict[str, str], bytes]:
    started: list[Any] = []
    response = app(given, lambda status, headers: started.append((status, headers)))
    body = b"".join(response)
    status, headers = started[0]
    return status, {name.lower(): value for name, value in headers if name.lower() not in CHANGING}, body


def without_id(body: bytes) -> Any:
    found = json.loads(body)
    found.pop("request_id", None)
    return found


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The test's transaction outlives its requests."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


@pytest.fixture
def token(people) -> str:
    return make_token(people.ben)


REFUSED: list[tuple[str, Any, dict[str, str]]] = [
    ("/api/v1/workspaces/{slug}/experiments", {"nonsense": 1}, {}),
    ("/api/v1/workspaces/elsewhere/experiments", {"path": "a"}, {}),
    ("/api/v1/nowhere", {}, {}),
    ("/mlflow/{slug}/api/2.0/mlflow/runs/log-metric", {"run_id": "none"}, {}),
    ("/mlflow/{slug}/api/2.0/mlflow/no/such", {}, {}),
    ("/api/v1/workspaces/{slug}/experiments", {}, {"QUERY_STRING": "token=ats_secret"}),
    ("/api/v1/workspaces/{slug}/experiments", {}, {"HTTP_HOST": "evil.example"}),
    ("/mlflow/{slug}/api/2.0/mlflow/runs/log-metric", {}, {"HTTP_HOST": "evil.example"}),
]


@pytest.mark.parametrize(("path", "body", "more"), REFUSED)
def test_a_refusal_is_the_one_of_the_whole_studio(workspace, token: str, path: str, body: Any, more: dict) -> None:
    address = path.format(slug=workspace.slug)
    whole = answer(WSGIHandler(), environ(address, body, token, **more))
    short = answer(TokenWrites(), environ(address, body, token, **more))
    assert short[0] == whole[0]
    assert int(short[0][:3]) >= 400
    different = {"content-length"}  # the id of the request is of another length when it is the caller's
    assert {**short[1], **dict.fromkeys(different)} == {**whole[1], **dict.fromkeys(different)}
    assert without_id(short[2]) == without_id(whole[2])


def test_a_revoked_token_is_refused_at_once(workspace, token: str) -> None:
    address, app = f"/mlflow/{workspace.slug}/api/2.0/mlflow/experiments/create", TokenWrites()
    assert answer(app, environ(address, {"name": "one"}, token))[0] == "200 OK"
    ApiToken.objects.update(revoked_at="2026-01-01T00:00:00Z")
    assert answer(app, environ(address, {"name": "two"}, token))[0].startswith("401")


def test_what_has_left_the_workspace_is_refused_at_once(workspace, ben, token: str) -> None:
    address, app = f"/mlflow/{workspace.slug}/api/2.0/mlflow/experiments/create", TokenWrites()
    assert answer(app, environ(address, {"name": "one"}, token))[0] == "200 OK"
    ben.memberships.all().delete()
    assert answer(app, environ(address, {"name": "two"}, token))[0].startswith("404")


def test_a_cookie_beside_a_token_opens_nothing(client, workspace, ben) -> None:
    client.force_login(ben)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    address = f"/mlflow/{workspace.slug}/api/2.0/mlflow/experiments/create"
    given = environ(address, {"name": "one"}, "ats_unknown", HTTP_COOKIE=cookie)
    assert answer(TokenWrites(), given)[0].startswith("401")


def test_only_a_token_takes_the_short_way() -> None:
    app: Any = by_credential(lambda environ, start: [b"whole"], lambda environ, start: [b"short"])
    assert list(app(environ("/api/v1/x", {}, "ats_x"), None)) == [b"short"]
    assert list(app(environ("/api/v1/x", {}), None)) == [b"whole"]
    assert list(app(environ("/api/v1/x", {}, HTTP_AUTHORIZATION=""), None)) == [b"whole"]


def test_what_is_left_out_is_there_to_be_left_out() -> None:
    assert set(settings.MIDDLEWARE) >= token_writes.OF_BROWSERS
    kept = [path for path in settings.MIDDLEWARE if path not in token_writes.OF_BROWSERS]
    # They must know neither sessions nor templates of an answer, which this handler has not.
    assert not [path for path in kept if hasattr(import_string(path), "process_template_response")]
