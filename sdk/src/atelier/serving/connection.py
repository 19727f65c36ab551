"""HTTP/1.1 of one client: requests are read whole, answered in their order, on a connection that is kept."""

from __future__ import annotations

import asyncio
from collections import deque
from http import HTTPStatus
from typing import Any, Protocol

import httptools

from atelier.serving.messages import Answer, Request
from atelier.serving.problems import Problem

HEADERS_LIMIT = 64 * 1024
# After a refusal the rest of the client's body is read and thrown away for so long, so that it sees the answer.
REFUSAL_SECONDS = 2.0
STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}


class Handler(Protocol):
    """Who answers the requests of all connections."""

    body_limit: int
    is_draining: bool

    def opened(self, connection: Connection) -> None: ...
    def closed(self, connection: Connection) -> None: ...
    def handle(self, connection: Connection, request: Request) -> None:
        """Sees to it that `connection.answer` is called once, now or later."""

    def refuse(self, connection: Connection, request: Request | None, problem: Problem) -> None: ...


class Connection(asyncio.Protocol):
    """One client."""

    def __init__(self, handler: Handler, clock: Any) -> None:
        self._handler = handler
        self._clock = clock
        self._parser: Any = httptools.HttpRequestParser(self)
        self._transport: Any = None
        self._waiting: deque[Request] = deque()
        self._refused = False
        self._writable = True
        self.current: Request | None = None
        self.begun_at = 0.0
        self.last_heard = clock()
        self._keeps_open = True
        self._start()

    def _start(self) -> None:
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._headers_size = 0
        self._body: list[bytes] = []
        self._body_size = 0
        self._reading = False

    # What the loop calls.

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._handler.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._handler.closed(self)
        self._transport = None

    def eof_received(self) -> bool:
        # A client may close its half and still read: it is answered, then the connection ends.
        self._keeps_open = False
        return self.current is not None

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self.last_heard = self._clock()
        try:
            self._feed(data)
        except httptools.HttpParserError as error:
            # What one of the callbacks below raised comes wrapped.
            problem = error.__context__ if isinstance(error.__context__, Problem) else None
            self._refuse(problem or Problem(400, "bad_request", f"This is no HTTP request: {error}."))

    def _feed(self, data: bytes) -> None:
        while data:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as offered:
                if self._parser.get_method() == b"CONNECT":
                    self._refuse(Problem(405, "method_not_allowed", "This server is no proxy: it takes no CONNECT."))
                    return
                # An offer to go on in another protocol may be passed over. The parser has stopped at the end of the
                # headers, so the request is read again without the offer.
                data = self._head_without_offer() + data[offered.args[0] :]
                self._parser = httptools.HttpRequestParser(self)
            else:
                return

    def pause_writing(self) -> None:
        self._writable = False
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._writable = True
        self._read_on()

    # What the parser calls.

    def on_message_begin(self) -> None:
        self._start()
        self._reading = True

    def on_url(self, url: bytes) -> None:
        self._url += url
        self._count_headers(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_headers(len(name) + len(value))
        name = name.lower()
        if name == b"content-length" and value.isdigit() and int(value) > self._handler.body_limit:
            raise self._too_large()
        self._headers[name] = self._headers[name] + b"," + value if name in self._headers else value

    def on_headers_complete(self) -> None:
        if self._headers.get(b"expect", b"").lower() == b"100-continue" and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body_size += len(body)
        if self._body_size > self._handler.body_limit:
            raise self._too_large()
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._parser.should_upgrade():
            return
        self._reading = False
        path, _, query = self._url.decode("latin-1").partition("?")
        if path[:1] != "/":
            path = "/" + path.partition("://")[2].partition("/")[2] if "://" in path else path
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        request = Request(self._parser.get_method().decode("latin-1"), path, query, self._headers, body)
        request.keeps_open = self._parser.should_keep_alive()
        if self.current is None and not self._waiting:
            self._begin(request)
            return
        self._waiting.append(request)
        if self._transport is not None:
            self._transport.pause_reading()

    # What the handler calls.

    @property
    def is_idle(self) -> bool:
        return self.current is None and not self._reading and not self._waiting

    @property
    def is_reading(self) -> bool:
        """In the middle of a request that has not come whole."""
        return self._reading and self.current is None

    def answer(self, request: Request, answer: Answer) -> None:
        """Sends the answer to the request that is being handled. A client that is gone gets none."""
        if self._transport is None or self.current is not request:
            return
        keeps_open = self._keeps_open and request.keeps_open and not self._handler.is_draining
        keeps_open = keeps_open or bool(self._waiting and request.keeps_open)
        self._transport.write(_bytes_of(request, answer, keeps_open))
        self.current = None
        if not keeps_open:
            self._transport.close()
        elif self._waiting:
            # Not here: a long row of requests sent at once would be answered ever deeper in the stack.
            asyncio.get_running_loop().call_soon(self._begin_next)

    def answer_and_end(self, request: Request, answer: Answer) -> None:
        """Sends the answer and reads no further request: what still comes is thrown away for a moment."""
        if self._transport is None or self._transport.is_closing():
            return
        self._refused = True
        self._transport.write(_bytes_of(request, answer, False))
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._transport.resume_reading()
        asyncio.get_running_loop().call_later(REFUSAL_SECONDS, self.close)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _head_without_offer(self) -> bytes:
        kept = ((name, value) for name, value in self._headers.items() if name not in (b"upgrade", b"connection"))
        lines = [self._parser.get_method() + b" " + self._url + b" HTTP/1.1", *(b": ".join(pair) for pair in kept)]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def _begin_next(self) -> None:
        if self._transport is not None and self._waiting:
            self._begin(self._waiting.popleft())
            self._read_on()

    def _begin(self, request: Request) -> None:
        self.current = request
        self._handler.handle(self, request)

    def _read_on(self) -> None:
        if self._transport is not None and self._writable and not self._waiting:
            self._transport.resume_reading()

    def _refuse(self, problem: Problem) -> None:
        if self._transport is None:
            return
        method = self._parser.get_method().decode("latin-1") if self._url else "-"
        path = self._url.decode("latin-1").partition("?")[0] or "-"
        self._reading = False
        self._handler.refuse(self, Request(method, path, "", self._headers, b""), problem)

    def _count_headers(self, size: int) -> None:
        self._headers_size += size
        if self._headers_size > HEADERS_LIMIT:
            raise Problem(431, "headers_too_large", f"The headers are longer than {HEADERS_LIMIT} bytes.")

    def _too_large(self) -> Problem:
        limit = self._handler.body_limit
        return Problem(413, "body_too_large", f"The body is larger than the {limit} bytes that are taken.")


def _bytes_of(request: Request, answer: Answer, keeps_open: bool) -> bytes:
    status = STATUS_LINES.get(answer.status) or f"HTTP/1.1 {answer.status} Unknown\r\n".encode()
    length = len(answer.body)
    lines = f"content-type: {answer.media_type}\r\ncontent-length: {length}\r\nx-request-id: {request.id}\r\n"
    for name, value in answer.headers:
        lines += f"{name}: {value}\r\n"
    if not keeps_open:
        lines += "connection: close\r\n"
    body = b"" if request.method == "HEAD" else answer.body
    return b"".join((status, lines.encode("latin-1", "replace"), b"\r\n", body))
