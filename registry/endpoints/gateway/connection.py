"""A caller's connection, the half that reads: heads and bodies of requests, one after the other."""

import asyncio
from abc import abstractmethod
from time import perf_counter
from typing import TYPE_CHECKING

from registry.endpoints.gateway import admission, forwarding, heads
from registry.endpoints.gateway.chunks import Chunks
from registry.endpoints.gateway.heads import Refused, Request

if TYPE_CHECKING:
    from registry.endpoints.gateway.collecting import Sample
    from registry.endpoints.gateway.instances import Deployment, Instance
    from registry.endpoints.gateway.server import Gateway
    from registry.endpoints.gateway.table import Endpoint
    from registry.endpoints.gateway.wire import Wire

# Small bodies are taken whole before an instance is asked, so that a slow caller keeps none of its places.
GATHERED = 64 * 1024
MAX_AHEAD = 64 * 1024  # of further requests on the same connection
GATHER_SECONDS = 60.0
READING, GATHERING, WAITING, ASKING, ANSWERING, LINGERING, GONE = range(7)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Connection(asyncio.Protocol):
    """What becomes of a request once it may come in is `Caller`'s."""

    __slots__ = (
        "answer_status",
        "began_at",
        "body",
        "bytes_in",
        "bytes_out",
        "chunks",
        "copy",
        "deadline",
        "deployment",
        "encoding",
        "endpoint",
        "gateway",
        "head",
        "heard_at",
        "identity",
        "instance",
        "is_head",
        "is_held",
        "is_received",
        "is_sent",
        "is_trusted",
        "keeps",
        "left",
        "origin",
        "peer",
        "pending",
        "queued_at",
        "raw",
        "sample",
        "sent_at",
        "state",
        "transport",
        "tries",
        "wire",
    )

    def __init__(self, gateway: "Gateway") -> None:
        self.gateway = gateway
        self.transport: asyncio.Transport = None  # type: ignore[assignment]  # from connection_made on
        self.peer = b""
        self.is_trusted = False
        self.pending = self.raw = self.origin = b""
        self.head: Request = None  # type: ignore[assignment]  # from the first whole head on
        self.state = READING
        self.heard_at = gateway.now()
        self.is_held = False
        self.clear()

    def clear(self) -> None:
        self.endpoint: Endpoint | None = None
        self.deployment: Deployment | None = None
        self.instance: Instance | None = None
        self.wire: Wire | None = None
        self.chunks: Chunks | None = None
        self.body: list[bytes] = []
        self.left = self.tries = self.bytes_in = self.bytes_out = self.answer_status = 0
        self.is_received = self.is_sent = self.is_head = False
        self.encoding = self.keeps = False
        self.deadline = self.sent_at = 0.0
        self.copy: Deployment | None = None
        self.sample: Sample | None = None

    # what the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        peer = transport.get_extra_info("peername")
        self.peer = str(peer[0]).encode("ascii") if isinstance(peer, tuple) else b"unix"
        self.is_trusted = bool(self.gateway.trusted) and self.gateway.trusts(self.peer)
        self.gateway.arrived(self)

    def data_received(self, data: bytes) -> None:
        state = self.state
        if state == READING:
            self._read_head(self.pending + data if self.pending else data)
        elif state == LINGERING or state == GONE:
            return
        elif not self.is_received:
            self.heard_at = self.gateway.now()
            self._read_body(data)
        else:  # the next request, before this one is answered
            self.pending += data
            if len(self.pending) > MAX_AHEAD:
                self.hold_body()

    def eof_received(self) -> None:
        """Who ends the connection waits for nothing any more: the request is given up."""

    def connection_lost(self, error: Exception | None) -> None:
        state, self.state = self.state, GONE
        self.gateway.left(self)
        if state in (GATHERING, WAITING, ASKING, ANSWERING):
            self.leave(state)

    def pause_writing(self) -> None:
        if self.wire is not None:
            self.wire.hold()

    def resume_writing(self) -> None:
        self.heard_at = self.gateway.now()
        if self.wire is not None:
            self.wire.go_on()

    # the request

    def _read_head(self, data: bytes) -> None:
        end = data.find(heads.END)
        if end < 0 or end > heads.MAX_HEAD or data[:2] == b"\r\n":
            self._read_on(data.lstrip(b"\r\n") if data[:1] == b"\r" else data)
            return
        raw = data[: end + 4]
        self.pending = b""
        self.began_at = perf_counter()
        try:
            if raw != self.raw:  # the usual caller sends the same head again and again
                head = heads.request(raw)
                admission.place(head)
                self.head, self.raw = head, raw
                self.origin = forwarding.forwarded(head, self.peer, self.is_trusted)
            self._begin(self.head, data[end + 4 :])
        except Refused as refused:
            self._refuse_head(refused)

    def _read_on(self, data: bytes) -> None:
        """The head is not all there."""
        if heads.END in data[: heads.MAX_HEAD]:
            self.pending = b""
            self._read_head(data)
            return
        if not self.pending and data:
            self.heard_at = self.gateway.now()
        self.pending = data
        if data:
            try:
                heads.refuse_incomplete(data)
            except Refused as refused:
                self._refuse_head(refused)

    def _refuse_head(self, refused: Refused) -> None:
        """A head that can't be read: whatever follows it can't, either."""
        if self.state == READING:
            self.identity = forwarding.request_id(b"")
            self.raw = b""
        self.refuse(refused)

    def _begin(self, head: Request, rest: bytes) -> None:
        gateway = self.gateway
        self.identity = forwarding.request_id(head.request_id)
        self.is_head = head.method == b"HEAD"
        self.keeps = not head.close and not gateway.is_ending
        self.state = GATHERING
        length = head.length
        if length >= 0:
            self.left = length
        else:
            self.chunks = Chunks()
        if not head.place or head.method == b"OPTIONS":
            self._swallow(rest)
            self.answer_itself(head)
            return
        try:
            self.endpoint, self.deployment = admission.admit(gateway.table, head)
            if length > gateway.body_limit:
                raise _too_large(gateway.body_limit)
        except Refused:
            self._swallow(rest)
            raise
        gateway.busy.add(self)
        self._take(rest)
        if self.is_received or self.bytes_in > GATHERED:
            self.dispatch()
            return
        self.deadline = self.gateway.now() + GATHER_SECONDS
        if head.expects and not rest and not head.is_old:
            self.transport.write(CONTINUE)

    def _swallow(self, rest: bytes) -> None:
        """Nobody wants the body: if all of it is here, the connection can go on."""
        length = self.head.length
        if 0 <= length <= len(rest):
            self.is_received, self.pending = True, rest[length:]

    def _take(self, data: bytes) -> None:
        """A part of the body, or of what follows it. Raises Refused."""
        if self.chunks is None:
            if len(data) > self.left:
                data, self.pending = data[: self.left], data[self.left :]
            self.left -= len(data)
            self.is_received = self.left == 0
        else:
            data = self.chunks.feed(data)
            if self.chunks.is_done:
                self.is_received, self.pending = True, self.chunks.rest
        if data:
            self.bytes_in += len(data)
            self.body.append(data)
        if self.bytes_in > self.gateway.body_limit:
            raise _too_large(self.gateway.body_limit)

    def _read_body(self, data: bytes) -> None:
        try:
            self._take(data)
        except Refused as refused:
            self.refuse(refused)
            return
        if self.wire is not None:
            self.send_body(self.wire)
        elif self.state == GATHERING:
            if self.is_received or self.bytes_in > GATHERED:
                self.dispatch()
        elif self.bytes_in > GATHERED:
            self.hold_body()

    def hold_body(self) -> None:
        """Read nothing more for now."""
        if not self.is_held and not self.transport.is_closing():
            self.is_held = True
            self.transport.pause_reading()

    def go_on_body(self) -> None:
        if self.is_held and not self.transport.is_closing():
            self.is_held = False
            self.heard_at = self.gateway.now()
            self.transport.resume_reading()

    @abstractmethod
    def answer_itself(self, head: Request) -> None: ...

    @abstractmethod
    def dispatch(self) -> None: ...

    @abstractmethod
    def send_body(self, wire: "Wire") -> None: ...

    @abstractmethod
    def refuse(self, refused: Refused) -> None: ...

    @abstractmethod
    def expired(self, now: float) -> None: ...

    @abstractmethod
    def too_slow(self) -> None: ...

    @abstractmethod
    def leave(self, state: int) -> None: ...


def _too_large(limit: int) -> Refused:
    return Refused(413, "body_too_large", f"The body is larger than {limit / 2**20:g} MiB, which is the limit.")
