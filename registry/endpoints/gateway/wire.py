"""A connection to an instance: one request at a time, kept open between them."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from registry.endpoints.gateway import heads
from registry.endpoints.gateway.chunks import Chunks
from registry.endpoints.gateway.heads import Answer, Refused

if TYPE_CHECKING:
    from registry.endpoints.gateway.exchange import Exchange
    from registry.endpoints.gateway.instances import Instance

CONNECT_SECONDS = 2.0
# A server that does not say how long it keeps an idle connection may close it after two seconds (gunicorn), and a request
# on its way meanwhile would be lost: ours go first.
IDLE_SECONDS = 1.5
MAX_IDLE = 64  # of one instance
BROKEN = (502, "deployment_broke_off", "The deployment closed the connection before it had answered.")


class Wire(asyncio.Protocol):
    __slots__ = (
        "chunks", "exchange", "head", "idle_seconds", "idle_since", "instance", "is_paused", "left", "loop", "pending",
        "transport",
    )  # fmt: skip

    def __init__(self, instance: "Instance", loop: asyncio.AbstractEventLoop) -> None:
        self.instance = instance
        self.loop = loop
        self.transport: asyncio.Transport | None = None
        self.exchange: Exchange | None = None
        self.head: Answer | None = None
        self.left = 0
        self.chunks: Chunks | None = None
        self.pending = b""
        self.idle_since = 0.0
        self.idle_seconds = IDLE_SECONDS
        self.is_paused = False

    # what the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        exchange = self.exchange
        if exchange is None:  # nobody asked
            self.close()
            return
        try:
            if self.head is None:
                self._take_head(exchange, self.pending + data if self.pending else data)
            else:
                self._take_body(exchange, data, self.head)
        except Refused as refused:
            self._break(502, "bad_answer", f"The deployment's answer is no valid HTTP: {refused.message}")

    def eof_received(self) -> None:
        return None  # closes

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        exchange = self.exchange
        if exchange is None:
            if self in self.instance.idle:
                self.instance.idle.remove(self)
        elif error is None and self.head is not None and self.head.length == heads.UNTIL_CLOSE:
            self._finish()
            exchange.more(b"", True)
        else:
            self._break(*BROKEN)

    def pause_writing(self) -> None:
        if self.exchange is not None:
            self.exchange.hold_body()

    def resume_writing(self) -> None:
        if self.exchange is not None:
            self.exchange.go_on_body()

    # what an exchange asks

    def write(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.write(data)

    def hold(self) -> None:
        """The caller does not take more of the answer just now."""
        if self.transport is not None and not self.is_paused:
            self.is_paused = True
            self.transport.pause_reading()

    def go_on(self) -> None:
        if self.transport is not None and self.is_paused:
            self.is_paused = False
            self.transport.resume_reading()

    def abandon(self) -> None:
        """Nobody waits for the answer any more."""
        self.exchange = None
        self.close()

    def close(self) -> None:
        if self.transport is not None:
            self.transport.abort()
            self.transport = None

    # the answer

    def _take_head(self, exchange: "Exchange", data: bytes) -> None:
        while True:
            end = data.find(heads.END)
            if end > heads.MAX_HEAD or (end < 0 and len(data) > heads.MAX_HEAD):
                raise Refused(502, "bad_answer", "its headers are too large.")
            if end < 0:
                self.pending = data
                return
            head = heads.answer(data[: end + 4], has_body=not exchange.is_head)
            data = data[end + 4 :]
            if head.status >= 200:
                break
            if head.status == 101:
                raise Refused(502, "bad_answer", "it changes the protocol.")
        self.pending = b""
        self._begin(exchange, head, data)

    def _begin(self, exchange: "Exchange", head: Answer, data: bytes) -> None:
        length = head.length
        if length >= 0:
            if len(data) == length:  # the usual case: all of it at once
                self._finish(head)
                exchange.answered(head, data, True)
                return
            if len(data) > length:
                head.close = True  # more than was said: nothing of it counts, and the connection is not used again
                self._finish(head)
                exchange.answered(head, data[:length], True)
                return
            self.left = length - len(data)
        elif length == heads.CHUNKED:
            self.chunks = Chunks()
            data = self.chunks.feed(data)
            if self.chunks.is_done:
                head.close = head.close or bool(self.chunks.rest)
                self._finish(head)
                exchange.answered(head, data, True)
                return
        self.head = head
        exchange.answered(head, data, False)

    def _take_body(self, exchange: "Exchange", data: bytes, head: Answer) -> None:
        is_end = False
        if self.chunks is not None:
            data = self.chunks.feed(data)
            if is_end := self.chunks.is_done:
                head.close = head.close or bool(self.chunks.rest)
        elif head.length >= 0:
            if len(data) > self.left:
                head.close, data = True, data[: self.left]
            self.left -= len(data)
            is_end = self.left == 0
        if is_end:
            self._finish(head)
        exchange.more(data, is_end)

    def _finish(self, head: Answer | None = None) -> None:
        """The answer is whole: back to the idle ones, or closed."""
        is_sent = self.exchange is not None and self.exchange.is_sent
        self.exchange = self.head = self.chunks = None
        self.go_on()
        instance = self.instance
        is_good = is_sent and head is not None and not head.close and not instance.is_gone
        if head is None or not is_good or self.transport is None or len(instance.idle) >= MAX_IDLE:
            self.close()
            return
        if head.keep_seconds:
            self.idle_seconds = max(0.5, head.keep_seconds - 1.0)
        self.park()

    def park(self) -> None:
        """Wait for the next request."""
        self.idle_since = self.loop.time()
        self.instance.idle.append(self)

    def _break(self, status: int, code: str, message: str) -> None:
        exchange, self.exchange = self.exchange, None
        self.close()
        if exchange is not None:
            exchange.broken(status, code, message)


def kept(instance: "Instance", now: float) -> Wire | None:
    """An idle connection that is still good."""
    while instance.idle:
        wire = instance.idle.pop()
        if wire.transport is not None and now - wire.idle_since < wire.idle_seconds:
            return wire
        wire.close()
    return None


async def opened(instance: "Instance", loop: asyncio.AbstractEventLoop) -> Wire:
    """A new connection. Raises OSError or TimeoutError when none can be made."""
    host, port, socket = instance.place
    async with asyncio.timeout(CONNECT_SECONDS):
        if socket:  # costs half of what TCP does
            with suppress(OSError):
                return (await loop.create_unix_connection(lambda: Wire(instance, loop), socket))[1]
        return (await loop.create_connection(lambda: Wire(instance, loop), host, port))[1]


def sweep(instance: "Instance", now: float) -> None:
    """Close what has been idle for too long."""
    stale = [wire for wire in instance.idle if now - wire.idle_since >= wire.idle_seconds]
    for wire in stale:
        instance.idle.remove(wire)
        wire.close()
