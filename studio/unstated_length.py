"""Bodies that come without a Content-Length: a short one is counted, so that everything behind can rely on the header.

Python's `requests` sends an empty file that way, and with it every client of MLflow.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

LONGEST = 1024 * 1024  # waits in memory, before anybody knows who sends it


def is_unstated(scope: Scope) -> bool:
    names = {name for name, _ in scope["headers"]}
    return b"transfer-encoding" in names and b"content-length" not in names


async def counted(scope: Scope, receive: Receive) -> tuple[Scope, Receive] | None:
    """The same request with its length in the headers and its body read. None when the body is longer than `LONGEST`."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LONGEST:
            return None
        more = message.get("more_body", False)
    headers = [(name, value) for name, value in scope["headers"] if name != b"transfer-encoding"]
    length = (b"content-length", str(len(body)).encode())
    return {**scope, "headers": [*headers, length]}, _once(bytes(body), receive)


def _once(body: bytes, receive: Receive) -> Receive:
    """The whole body in the first message; what comes after it is the client's going."""
    waiting = [body]

    async def again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return again
