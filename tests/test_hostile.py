"""Bad input to every address, found by the description of the API and the URLs: a sentence and no change, never a 500."""

import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests.guard import listening, table
from tests.guard.routes import Route, all_routes
from tests.guard.scene import Scene

pytestmark = pytest.mark.django_db

ROUTES = [route for route in all_routes() if route.is_api]
WRITES = ("POST", "PUT", "PATCH")
# bodies that are no JSON
BYTES = {
    *("api-run-artifact", "api-snapshot", "api-blob", "api-folder", "api-job-log"),
    "api-endpoint-invoke",
    *("api-imports-logged-model-file", "api-imports-version-file", "api-upload-part"),
}
# Each is refused wherever JSON is read, whatever the address wants.
BROKEN: dict[str, bytes] = {
    "A86 NUL": b'{"name": "a\\u0000b"}',
    "A86 NUL as a key": b'{"a\\u0000b": 1}',
    "A87 half a pair": b'{"name": "\\ud800"}',
    "A88 arrays": b"[" * 100_000,
    "A88 objects": b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
    "A93 a list": b"[]",
    "A93 a number": b"7",
    "A93 a text": b'"x"',
    "A93 nothing": b"null",
    "A93 cut off": b'{"name": "a',
    "A93 a mark first": b'\xef\xbb\xbf{"name": 1',
    "A93 a key twice": b'{"name": "a", "name": "b"}',
    "A93 no UTF-8": b'{"name": "\xff"}',
}
# The same again, packed.
SENT = [(f"{what}{packed}", raw, headers) for what, body in BROKEN.items() for packed, raw, headers in (
    ("", body, {}), (", packed", gzip.compress(body), {"Content-Encoding": "gzip"}),
)]  # fmt: skip
VALUES: list[Any] = [
    "a\x00b", "\ud800", "x" * 1_000_000, 2**63, -1, 10**18, 1e308, True, None, [], {}, [[[]]], {"$ne": 1},
    "=cmd|'/c calc'!A1", "../../etc/passwd", "٣", "9999-12-31T23:59:59-23:59", [None] * 5_000, {"a": {"b": {}}},
]  # fmt: skip
# What the pages read from a query or a form, besides what the API describes.
WORDS = [
    "action", "actor", "archived", "baseline", "buckets", "bytes", "clone", "created_by", "cursor", "description",
    "email", "experiment", "expires_in_days", "form", "ids", "inline", "key", "limit", "metric", "name", "next", "parent",
    "part", "path", "q", "role", "run", "scope", "seen", "show", "slots", "slug", "sort", "state", "tag", "text", "timeout",
    "value", "view", "with", "x",
]  # fmt: skip
NASTIEST = ["9" * 5_000, "a\x00b"]
QUERY = [
    "",
    "9" * 5_000,
    "abc",
    "-1",
    "9" * 24,
    "1e400",
    "٣",
    "a\x00b",
    "a'b\"c",
    "0000-00-00",
    "../..",
    "x " * 1_500,
    "a,b" * 900,
    "٢" * 9,
]


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The description of the API, its paths without the names of what stands in them."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return {**schema, "paths": {re.sub(r"{\w+}", "{}", path): said for path, said in schema["paths"].items()}}


def send(scene: Scene, method: str, path: str, body: bytes = b"", **headers: str) -> HttpResponse:
    """One request of the owner, without a trace."""
    client = scene.visitor("anonymous")
    headers = {"Authorization": f"Bearer {scene.token('owner')}", **headers}
    with transaction.atomic():
        try:
            response = client.generic(method, path, body, content_type="application/json", headers=headers)
            if response.streaming:
                list(response)
            return response
        finally:
            transaction.set_rollback(True)


def fields_of(described: dict[str, Any], route: Route, method: str) -> Iterator[tuple[str, Any]]:
    """The fields of a body as the description names them."""
    operation = _operation(described, route, method)
    content = operation.get("requestBody", {}).get("content", {})
    schema = next(iter(content.values()), {}).get("schema", {})
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    yield from schema.get("properties", {}).items()


def _operation(described: dict[str, Any], route: Route, method: str) -> dict[str, Any]:
    wanted = "/" + re.sub(r"<(?:\w+:)?\w+>", "{}", route.pattern)
    return described["paths"].get(wanted, {}).get(method.lower(), {})  # type: ignore[no-any-return]


@pytest.mark.parametrize("route", [pytest.param(route, id=route.name) for route in ROUTES if route.name not in BYTES])
def test_A86_A87_A88_A93_a_broken_body_is_refused_everywhere(
    scene: Scene, described: dict[str, Any], route: Route
) -> None:
    for method in WRITES:
        if not _operation(described, route, method).get("requestBody"):
            continue
        path = route.path(scene.names)
        for what, raw, headers in SENT:
            answer = send(scene, method, path, raw, **headers)
            assert answer.status_code in (400, 403, 409), (method, what, answer.status_code, answer.content[:200])


@pytest.mark.parametrize("route", [pytest.param(route, id=route.name) for route in ROUTES if route.name not in BYTES])
def test_A90_A94_A95_no_value_of_any_field_breaks_the_server(
    scene: Scene, described: dict[str, Any], route: Route
) -> None:
    path = route.path(scene.names)
    for method in WRITES:
        fields = list(fields_of(described, route, method))
        for name, _ in fields:
            for value in VALUES:
                answer = send(scene, method, path, json.dumps({name: value}).encode())
                said = (method, name, repr(value)[:60], answer.status_code, answer.getvalue()[:300])
                assert answer.status_code < 500 and answer.status_code != 429, said
                if value in ("a\x00b", "\ud800"):
                    assert answer.status_code >= 400, said


@pytest.mark.parametrize("route", [pytest.param(route, id=route.name) for route in ROUTES])
def test_A86_A90_A91_A92_no_query_breaks_the_server(scene: Scene, described: dict[str, Any], route: Route) -> None:
    client, headers = scene.visitor("anonymous"), {"Authorization": f"Bearer {scene.token('owner')}"}
    operation = _operation(described, route, "GET")
    for parameter in operation.get("parameters", []):
        if parameter["in"] != "query":
            continue
        for value in QUERY:
            answer = client.get(route.path(scene.names), {parameter["name"]: value}, headers=headers)
            if answer.streaming:
                list(answer)
            assert answer.status_code < 500, (parameter["name"], value[:40], answer.content[:300])


@pytest.mark.parametrize("route", [pytest.param(route, id=route.name) for route in all_routes() if route.keywords])
def test_A18_A36_A86_no_name_in_a_path_breaks_the_server(scene: Scene, route: Route) -> None:
    client = scene.visitor("owner")
    good = route.path(scene.names)
    values = [str(scene.names.get(word, "")) for word in scene.names]
    for part in {part for part in good.split("/") if part in values}:
        for bad in ("%00", "9" * 40, "%ed%a0%80", "..%2f..", "%0a", "%25%32%65", "x" * 3_000, "A'B", "٣"):
            for method in ("get", "post"):
                answer = getattr(client, method)(good.replace(part, bad))
                if answer.streaming:
                    list(answer)
                assert answer.status_code < 500, (method, part, bad[:20])


@pytest.mark.parametrize("route", [pytest.param(route, id=route.name) for route in all_routes() if not route.is_api])
def test_A86_A87_A90_A91_A95_no_query_and_no_form_breaks_a_page(
    scene: Scene, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = scene.visitor("owner")
    heard = listening.listen(monkeypatch)
    for value in QUERY:
        with transaction.atomic():
            answers = [client.get(route.path(scene.names), dict.fromkeys(WORDS, value))]
            answers += [client.post(route.path(scene.names), dict.fromkeys(WORDS, value))]
            transaction.set_rollback(True)
        for answer in answers:
            assert answer.status_code < 500 or is_away(route, answer), value[:40]
    if "GET" in table.TABLE[route.name]:
        no_word_alone_breaks(client, route, route.path(scene.names), heard)


def test_the_words_a_page_asks_for_are_heard(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(scene.people.ada)
    heard = listening.listen(monkeypatch)
    assert client.get("/w/vision/experiments/?sent=1").status_code == 200
    assert "archived" in heard.words
    assert "sent" not in heard.words and not heard.everything


def is_away(route: Route, answer: Any) -> bool:
    """Whether it only says that a process which these tests don't start (worker, gateway) is not there."""
    return route.name in {"readyz", "endpoint-send"} and answer.status_code == 503


def no_word_alone_breaks(client: Client, route: Route, path: str, heard: listening.Heard) -> None:
    """The first bad word of many may hide the rest, so each goes alone: those the page asks for, and those it then asks for."""
    client.get(path)
    tried: set[str] = set()
    while untried := (heard.words | set(WORDS if heard.everything else WORDS[:1])) - tried:
        for word in sorted(untried):
            for value in NASTIEST:
                answer = client.get(path, {word: value})
                if answer.streaming:
                    list(answer)
                assert answer.status_code < 500 or is_away(route, answer), (word, value[:40])
        tried |= untried
