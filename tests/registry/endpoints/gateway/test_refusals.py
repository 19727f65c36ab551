"""What is malformed, hostile or too slow is refused, and no instance sees any of it."""

import json

import pytest

from registry.endpoints.gateway import server
from tests.registry.endpoints.gateway.conftest import KEY, Scene

START = f"POST /e/main/ep/score HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {KEY}\r\n".encode()


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (START + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n", 400),
        (START + b"Content-Length: 0\r\nContent-Length: 30\r\n\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (START + b"Transfer-Encoding: xchunked\r\n\r\n", 400),
        (START + b"X-A: 1\r\n folded\r\n\r\n", 400),
        (START + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (START + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n", 400),
        (b"GET http://h/e/main/ep/score HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"CONNECT other:443 HTTP/1.1\r\nHost: other\r\n\r\n", 400),
        (b"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET /e/main/ep/score HTTP/1.1\nHost: h\n\n", 400),
        (b"GET /e/main/ep/../../metrics HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET /e/main/ep/%2e%2e/metrics HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET /e/main/ep/v2/..%2fmetrics HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET /e/main/ep//score HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET /e/main/ep/v2\\..\\x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET /e/main/ep/%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"DELETE /e/main/ep/score HTTP/1.1\r\nHost: h\r\n\r\n", 405),
        (b"TRACE /e/main/ep/score HTTP/1.1\r\nHost: h\r\n\r\n", 405),
        (b"GET /x HTTP/1.1\r\nHost: h\r\n" + b"A: " + b"b" * 40_000 + b"\r\n\r\n", 431),
        (b"GET /x HTTP/1.1\r\nHost: h\r\n" + b"A: " + b"b" * 40_000, 431),
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n", 414),
    ],
)
async def test_no_instance_sees_what_is_malformed(scene: Scene, raw: bytes, status: int) -> None:
    backend = await scene.backend()
    scene.one(backend)
    caller = await scene.raw()
    await caller.send(raw)
    found, headers, body = await caller.answer()
    assert found == status
    assert headers["connection"] == "close"
    assert json.loads(body)["request_id"] == headers["x-request-id"]
    assert await caller.is_closed()
    assert not backend.received


async def test_every_refusal_is_a_problem_with_a_sentence(scene: Scene) -> None:
    answer = await scene.client.get(f"http://127.0.0.1:{scene.gateway.port}/nothing")
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert (said["status"], said["code"], said["type"]) == (404, "not_found", "urn:atelier:error:not_found")
    assert said["detail"].endswith(".")


async def test_a_head_that_comes_too_slowly_is_given_up(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.1)
    monkeypatch.setattr(server, "SLOW_TICK", 0.0)
    caller = await scene.raw()
    await caller.send(START)
    assert (await caller.answer())[0] == 408
    assert await caller.is_closed()


async def test_a_body_that_does_not_come_is_given_up_before_an_instance_is_asked(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.endpoints.gateway.connection.GATHER_SECONDS", 0.1)
    backend = await scene.backend()
    scene.one(backend)
    caller = await scene.raw()
    await caller.send(START + b"Content-Length: 100\r\n\r\nabc")
    status, _, body = await caller.answer()
    assert (status, json.loads(body)["code"]) == (408, "body_too_slow")
    assert backend.connections == 0


async def test_an_idle_connection_is_closed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(server, "SLOW_TICK", 0.0)
    caller = await scene.raw()
    assert await caller.is_closed()


async def test_more_connections_than_there_may_be_are_turned_away(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MAX_CALLERS", 2)
    await scene.raw()
    await scene.raw()
    third = await scene.raw()
    assert (await third.answer())[0] == 503


async def test_empty_lines_before_a_request_are_passed_over(scene: Scene) -> None:
    caller = await scene.raw()
    await caller.send(b"\r\n\r\nGET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
    assert (await caller.answer())[0] == 200
