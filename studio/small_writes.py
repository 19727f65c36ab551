"""The short way into Django for what programs send most: small API writes with a small answer.

The body is read in the event loop and the answer comes back whole, so that a request crosses between the loop and its
thread twice instead of six times. Everything that may be large or slow goes through `a2wsgi`, which streams both ways.
"""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, cast

from a2wsgi.wsgi import build_environ

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
StartResponse = Callable[..., None]
WSGIApp = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

LARGEST_BODY = 4 * 1024 * 1024
PROGRAMS = ("/api/", "/mlflow/")
METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def is_small_write(scope: Scope) -> bool:
    """Whether the whole body may wait in memory: an API write of a stated, moderate length, or without a body."""
    if scope["method"] not in METHODS or not scope["path"].startswith(PROGRAMS):
        return False
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return bool(length.isdigit() and len(length) < 10 and int(length) <= LARGEST_BODY)


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...
    def readline(self, size: int = -1, /) -> bytes: ...


class SmallWrites:
    """An ASGI application that hands `is_small_write` requests to a WSGI application."""

    def __init__(self, app: WSGIApp, *, workers: int) -> None:
        self.app = app
        self.threads = ThreadPoolExecutor(workers, thread_name_prefix="small-writes")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.answer(scope, io.BytesIO(await _read(receive)), send)

    async def answer(self, scope: Scope, body: Readable, send: Send) -> None:
        """Let a thread answer a request whose body it can read without asking the loop."""
        environ = cast("dict[str, Any]", build_environ(cast(Any, scope), cast(Any, body)))
        environ["wsgi.errors"] = sys.stderr
        loop = asyncio.get_running_loop()
        status, headers, content = await loop.run_in_executor(self.threads, self._answer, environ)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, environ: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
            started[:] = [(status, headers)]

        answer = self.app(environ, start_response)
        try:
            content = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        status, headers = started[0]
        pairs = [(name.lower().encode("latin1"), value.strip().encode("latin1")) for name, value in headers]
        return int(status.split(" ", 1)[0]), pairs, content


async def _read(receive: Receive) -> bytes:
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
