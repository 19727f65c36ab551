"""Copies of requests for a deployment that is tried out: after the answer, bounded, and their answers are thrown away."""

from time import perf_counter
from typing import TYPE_CHECKING

from registry.endpoints.gateway import forwarding
from registry.endpoints.gateway.heads import Answer

if TYPE_CHECKING:
    from registry.endpoints.gateway.caller import Caller
    from registry.endpoints.gateway.instances import Deployment, Instance
    from registry.endpoints.gateway.server import Gateway
    from registry.endpoints.gateway.wire import Wire

MAX_OPEN = 64  # copies on their way at a time; what is beyond is not copied
MAX_BODY = 1024 * 1024


class Copy:
    """One copy, to the instance with the fewest requests; it waits for nothing and is tried once."""

    __slots__ = (
        "began_at", "body", "bytes_out", "deadline", "deployment", "gateway", "head", "identity", "instance", "is_head",
        "is_sent", "origin", "status", "wire",
    )  # fmt: skip

    def __init__(self, gateway: "Gateway", deployment: "Deployment", of: "Caller", body: bytes) -> None:
        self.gateway = gateway
        self.deployment = deployment
        self.head, self.identity, self.body = of.head, of.identity, body
        self.origin = of.origin
        self.is_head = False
        self.is_sent = True
        self.deadline = 0.0
        self.bytes_out = 0
        self.instance: Instance | None = None
        self.wire: Wire | None = None
        self.status = 0
        self.began_at = perf_counter()

    def go(self, instance: "Instance") -> None:
        instance.open += 1
        self.instance = instance
        self.gateway.copies.add(self)
        self.gateway.reach(self, self.deployment, instance)

    def connected(self, wire: "Wire") -> None:
        self.wire = wire
        wire.exchange = self
        self.deadline = self.gateway.now() + self.deployment.timeout
        lines = forwarding.request(self.head, wire.instance.name, self.identity, self.origin, len(self.body))
        wire.write(lines + self.body)

    def refused(self, instance: "Instance") -> None:
        self.instance = None
        self._end(503)

    def answered(self, head: Answer, data: bytes, is_end: bool) -> None:
        self.status = head.status
        self.more(data, is_end)

    def more(self, data: bytes, is_end: bool) -> None:
        self.bytes_out += len(data)
        if is_end:
            self._end(self.status)

    def broken(self, status: int, code: str, message: str) -> None:
        self._end(status)

    def expired(self, now: float) -> None:
        if self.wire is not None:
            self.wire.abandon()
        self._end(504)

    def hold_body(self) -> None:
        """All of it was written at once."""

    def go_on_body(self) -> None:
        """All of it was written at once."""

    def _end(self, status: int) -> None:
        self.gateway.copies.discard(self)
        self.wire = None
        seconds = perf_counter() - self.began_at
        self.deployment.counts.add(status, seconds, len(self.body), self.bytes_out, mirrored=True)
        if self.instance is not None:
            self.instance.open -= 1
            self.instance = None
            self.deployment.serve_waiting(self.gateway.now())


def send(gateway: "Gateway", deployment: "Deployment", of: "Caller", body: bytes) -> None:
    """Send a copy of a request. Never raises, never waits."""
    instance = deployment.pick(gateway.now())
    if instance is None or len(gateway.copies) >= MAX_OPEN or len(body) > MAX_BODY or deployment.waiting:
        return
    Copy(gateway, deployment, of, body).go(instance)
