"""A caller's connection, the half that answers: an instance is asked, and what it says goes back."""

from time import perf_counter
from typing import TYPE_CHECKING

from registry.endpoints.gateway import admission, forwarding, own_pages, problems
from registry.endpoints.gateway.chunks import wrapped
from registry.endpoints.gateway.connection import (
    ANSWERING,
    ASKING,
    GATHERING,
    GONE,
    LINGERING,
    READING,
    WAITING,
    Connection,
)
from registry.endpoints.gateway.heads import CHUNKED, Answer, Refused, Request

if TYPE_CHECKING:
    from registry.endpoints.gateway.instances import Instance
    from registry.endpoints.gateway.wire import Wire

CALLER_LEFT = 499  # nobody saw it: for the counts


class Caller(Connection):
    __slots__ = ()

    def answer_itself(self, head: Request) -> None:
        """The gateway's own pages."""
        self.say(*own_pages.page(self.gateway, head, self.peer))

    # asking an instance

    def dispatch(self) -> None:
        assert self.deployment is not None
        now = self.queued_at = self.gateway.now()
        instance = None if self.deployment.waiting else self.deployment.pick(now)
        if instance is None:
            self.gateway.wait(self, self.deployment, now)
        else:
            self.go(instance)

    def go(self, instance: "Instance") -> None:
        assert self.deployment is not None
        instance.open += 1
        self.instance = instance
        self.state = ASKING
        self.deadline = 0.0
        self.gateway.reach(self, self.deployment, instance)

    def connected(self, wire: "Wire") -> None:
        assert self.deployment is not None
        self.wire = wire
        wire.exchange = self
        gateway, head = self.gateway, self.head
        length = CHUNKED if not self.is_received and self.chunks is not None else head.length
        if self.is_received:
            length = self.bytes_in
        lines = forwarding.request(head, wire.instance.name, self.identity, self.origin, length)
        self.sent_at = perf_counter()
        if self.is_received:
            body = self.body[0] if len(self.body) == 1 else b"".join(self.body)
            if self.endpoint is not None and self.endpoint.mirror is not None:
                self.copy = self.endpoint.mirror_of(self.deployment)
            if self.copy is None:
                self.body = []
            if self.deployment.sampling:
                self.sample = gateway.collector.sample(self.deployment, head, self.identity, body)
            self.is_sent = True
            self.deadline = gateway.now() + self.deployment.timeout
            wire.write(lines + body)
        else:
            wire.write(lines)
            self.go_on_body()  # before the body is written: that may say that it is too much just now
            self.send_body(wire)

    def send_body(self, wire: "Wire") -> None:
        """What has come of a body that is larger than what is gathered."""
        assert self.deployment is not None
        pieces, self.body = self.body, []
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        wire.write(data if self.chunks is None else wrapped(data))
        if self.is_received:
            if self.chunks is not None:
                wire.write(b"0\r\n\r\n")
            self.is_sent = True
            self.deadline = self.gateway.now() + self.deployment.timeout

    def refused(self, instance: "Instance") -> None:
        """No connection could be made; nothing was sent, so another may be asked."""
        assert self.deployment is not None
        self.tries += 1
        self.instance = None
        now = self.gateway.now()
        another = self.deployment.pick(now) if self.tries <= 2 else None
        if another is None:
            self.gateway.wait(self, self.deployment, now)
        else:
            self.go(another)

    def moved(self) -> None:
        """The deployment it waited for is no more: another may have its turn."""
        self.state = GATHERING
        try:
            self.endpoint, self.deployment = admission.admit(self.gateway.table, self.head)
        except Refused as refused:
            self.deployment = None
            self.refuse(refused)
            self.gateway.busy.discard(self)
            return
        self.dispatch()

    # the answer

    def answered(self, head: Answer, data: bytes, is_end: bool) -> None:
        assert self.deployment is not None
        now = perf_counter()
        self.answer_status = head.status
        if not is_end:
            self.deadline = 0.0
            self.heard_at = self.gateway.now()
            self.state = ANSWERING
        self.keeps = self.keeps and self.is_received
        if self.sample is not None:
            self.sample.answer_head = head
            self.sample.more(data)
        framing = self._framing(head, data, is_end)
        self.bytes_out = len(data)
        self.transport.write(
            b"%b%bx-request-id: %b\r\nazureml-model-deployment: %b\r\nx-content-type-options: nosniff\r\n"
            b"server-timing: gateway;dur=%.2f, deployment;dur=%.2f\r\n%b%b\r\n%b"
            % (
                problems.status_line(head.status), head.fields, self.identity, self.deployment.name,
                (self.sent_at - self.began_at) * 1000, (now - self.sent_at) * 1000, framing,
                b"" if self.keeps else b"connection: close\r\n", data if not self.encoding else wrapped(data),
            )
        )  # fmt: skip
        if is_end:
            self._finish(head.status, now)

    def _framing(self, head: Answer, data: bytes, is_end: bool) -> bytes:
        """How the caller knows where the body ends."""
        if self.is_head or head.status in (204, 304):
            return b""
        if is_end or head.length >= 0:
            return b"content-length: %d\r\n" % (len(data) if is_end else head.length)
        if self.head.is_old:
            self.keeps = False
            return b""
        self.encoding = True
        return b"transfer-encoding: chunked\r\n"

    def more(self, data: bytes, is_end: bool) -> None:
        self.bytes_out += len(data)
        self.heard_at = self.gateway.now()
        if self.sample is not None:
            self.sample.more(data)
        if self.encoding:
            data = wrapped(data) + b"0\r\n\r\n" if is_end else wrapped(data)
        if data:
            self.transport.write(data)
        if is_end:
            self._finish(self.answer_status, perf_counter())

    def broken(self, status: int, code: str, message: str) -> None:
        self.wire = None
        if self.answer_status:  # half of it is out: the caller must see that it is not whole
            self._account(502)
            self._close_now()
            return
        self.refuse(Refused(status, code, message))

    def expired(self, now: float) -> None:
        """Called for those whose deadline is over, and for those that have been silent for too long."""
        deployment = self.deployment
        if self.state == WAITING and deployment is not None:
            if not self.gateway.waits_on(self, deployment, now):
                self.refuse(self.gateway.why_waited(deployment))
        elif self.state == ANSWERING:
            self._withdraw(self.state)
            self._account(504)
            self._close_now()
        elif not self.is_received and not self.is_held:
            self.refuse(Refused(408, "body_too_slow", "The rest of the body did not come in time."))
        elif deployment is not None:
            said = f"The deployment did not answer within {deployment.timeout * 1000:.0f} ms."
            self.refuse(Refused(504, "deployment_too_slow", said, hint="Its request_timeout_ms can be raised."))

    # its end

    def too_slow(self) -> None:
        """Its head does not come to an end."""
        self.identity = forwarding.request_id(b"")
        self.refuse(Refused(408, "head_too_slow", "The rest of the request's head did not come in time."))

    def refuse(self, refused: Refused) -> None:
        """The gateway's own answer, unless some of an instance's is out already."""
        self._withdraw(self.state)
        if self.answer_status:
            self._account(refused.status)
            self._close_now()
            return
        if self.deployment is not None:
            refused.headers += b"azureml-model-deployment: %b\r\n" % self.deployment.name
        body = problems.problem(refused, self.identity.decode())
        self.say(refused.status, "application/problem+json", body, refused.headers)

    def say(self, status: int, kind: str, body: bytes, headers: bytes = b"") -> None:
        """An answer of the gateway's own."""
        self.keeps = self.keeps and self.is_received
        headers += b"x-request-id: %b\r\n" % self.identity
        if not self.transport.is_closing():
            is_close = not self.keeps
            self.transport.write(problems.whole(status, kind, body, headers, close=is_close, is_head=self.is_head))
        self.bytes_out = len(body)
        if self.deployment is None:
            self.gateway.own_answers[status] = self.gateway.own_answers.get(status, 0) + 1
        self._finish(status, perf_counter())

    def leave(self, state: int) -> None:
        """The caller is gone."""
        self._withdraw(state)
        self._account(CALLER_LEFT)

    def _finish(self, status: int, now: float) -> None:
        """The answer is whole: count it, and read the next request."""
        self._account(status, now)
        if self.copy is not None:
            self.gateway.mirror(self, self.copy, b"".join(self.body))
        if self.sample is not None:
            self.gateway.collector.keep(self.sample)
        keeps, is_received = self.keeps, self.is_received
        self.clear()
        self.heard_at = self.gateway.now()
        if keeps and self.state != GONE:
            self.state = READING
            self.go_on_body()
            if self.pending:
                self.gateway.loop.call_soon(self._read_pending)
        elif self.state != GONE:
            self._end(is_received)

    def _read_pending(self) -> None:
        if self.state == READING and self.pending:
            self.data_received(b"")

    def _end(self, is_received: bool) -> None:
        """Close. A caller that still sends must be able to read the answer first, so it is heard for a moment."""
        self.state = LINGERING
        if is_received or self.transport.is_closing():
            self.transport.close()
            return
        self.go_on_body()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _account(self, status: int, now: float = 0.0) -> None:
        """Give the instance's place to who waits for it, and count the request."""
        self.gateway.busy.discard(self)
        deployment, instance = self.deployment, self.instance
        if deployment is None:
            return
        seconds = (now or perf_counter()) - self.began_at
        deployment.counts.add(status, seconds, self.bytes_in, self.bytes_out)
        self.wire = None
        if instance is not None:
            self.instance = None
            instance.open -= 1
            if deployment.waiting:
                deployment.serve_waiting(self.gateway.now())

    def _withdraw(self, state: int) -> None:
        """Stop asking or waiting. A connection that is still being made is seen to when it is there."""
        if self.wire is not None:
            self.wire.abandon()
            self.wire = None
        elif state == ASKING:
            self.instance = None
        elif state == WAITING and self.deployment is not None:
            self.deployment.waiting.remove(self)

    def _close_now(self) -> None:
        """Half of the answer is out: only a broken connection says that the rest will not come."""
        self.clear()
        self.state = LINGERING
        self.transport.abort()
