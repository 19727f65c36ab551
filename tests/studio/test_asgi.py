"""The router of the web process: what reaches Django, what is refused before, and how sockets prove their origin."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from studio import asgi, unstated_length
from studio.origin import is_same_origin

Message = MutableMapping[str, Any]


async def ask(
    path: str,
    *,
    headers: tuple[tuple[bytes, bytes], ...] = (),
    method: str = "GET",
    body: bytes = b"",
    **scope: Any,
) -> list[Message]:
    """What the application sends for one request."""
    sent: list[Message] = []
    pieces = [body[start : start + 65536] for start in range(0, len(body), 65536)] or [b""]

    async def receive() -> Message:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    whole = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"testserver"), *headers],
        "scheme": "http",
        "server": ("testserver", 80),
        "client": ("127.0.0.1", 1),
        **scope,
    }
    await asgi.application(whole, receive, send)
    return sent


async def test_health_is_answered() -> None:
    sent = await ask("/healthz")
    assert sent[0]["status"] == 200
    assert b"".join(message.get("body", b"") for message in sent[1:]) == b'{"status": "ok"}'


async def test_a_long_body_without_a_length_is_refused() -> None:
    chunked = (b"transfer-encoding", b"chunked")
    sent = await ask("/healthz", method="POST", headers=(chunked,), body=b"x" * (unstated_length.LONGEST + 1))
    assert sent[0]["status"] == 411
    assert b"Content-Length" in sent[1]["body"]


@pytest.mark.parametrize("body", [b"", b"abc", b"x" * unstated_length.LONGEST])
async def test_a_short_body_without_a_length_is_counted(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(headers=dict(scope["headers"]), message=await receive())

    monkeypatch.setattr(asgi, "pages", app)
    await ask("/", method="POST", headers=((b"transfer-encoding", b"chunked"),), body=body)
    assert b"transfer-encoding" not in seen["headers"]
    assert seen["headers"][b"content-length"] == str(len(body)).encode()
    assert seen["message"] == {"type": "http.request", "body": body, "more_body": False}


async def test_bytes_beyond_ascii_in_the_query_do_no_harm() -> None:
    sent = await ask("/healthz", query_string=b"q=\xff\xfe")
    assert sent[0]["status"] == 200


async def test_a_header_with_an_underscore_does_not_pass_for_one_with_a_hyphen(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend(scope["headers"])

    monkeypatch.setattr(asgi, "pages", app)
    await ask("/", headers=((b"x_forwarded_for", b"10.0.0.1"), (b"x-kept", b"1")))
    assert seen == [(b"host", b"testserver"), (b"x-kept", b"1")]


async def test_a_body_that_breaks_off_is_no_short_body() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    with pytest.raises(asgi.ClientGone):
        await asgi._whole(receive)()


async def test_the_life_of_the_process_is_acknowledged() -> None:
    coming = iter(["lifespan.startup", "lifespan.shutdown"])
    sent: list[str] = []

    async def receive() -> Message:
        return {"type": next(coming)}

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await asgi.application({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def handshake(origin: str | None, host: str = "testserver:8000", scheme: str = "ws") -> dict[str, Any]:
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return {"type": "websocket", "scheme": scheme, "headers": headers}


def test_a_page_of_this_studio_may_open_a_socket() -> None:
    assert is_same_origin(handshake("http://testserver:8000"))
    assert is_same_origin(handshake("https://testserver", host="testserver", scheme="wss"))


def test_the_configured_address_counts_behind_a_proxy() -> None:
    assert is_same_origin(handshake("http://testserver", host="localhost:8000"))


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.invalid",
        "http://testserver:8888",
        "https://testserver:8000",
        "http://testserver:8000.evil.invalid",
        "http://testserver.evil.invalid:8000",
    ],
)
def test_A61_another_origin_may_not(origin: str | None) -> None:
    assert not is_same_origin(handshake(origin))


def test_A15_a_foreign_host_may_not_even_from_its_own_page() -> None:
    assert not is_same_origin(handshake("http://evil.invalid", host="evil.invalid"))


async def knock(path: str, origin: str) -> list[str]:
    """The types of what the application sends when a browser wants to open a socket."""
    coming = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1006}])
    sent: list[str] = []

    async def receive() -> Message:
        return next(coming)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    scope = {**handshake(origin, host="testserver"), "path": path, "query_string": b"", "subprotocols": []}
    await asgi.application(scope, receive, send)
    return sent


@pytest.mark.django_db(transaction=True)  # Channels looks at the connections of its threads
async def test_a_socket_of_another_origin_is_closed() -> None:
    assert await knock("/ws/live/", "http://evil.invalid") == ["websocket.close"]


@pytest.mark.django_db(transaction=True)  # Channels looks at the connections of its threads
async def test_a_socket_of_an_unknown_path_is_closed() -> None:
    assert await knock("/ws/none/", "http://testserver") == ["websocket.close"]
