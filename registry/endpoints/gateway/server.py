"""The gateway as a whole: who is connected, who is asked, who has waited too long."""

import asyncio
import ipaddress
import logging
import secrets
from typing import TYPE_CHECKING

from registry.endpoints.gateway import connection, mirroring, table, wire
from registry.endpoints.gateway.caller import Caller
from registry.endpoints.gateway.collecting import Collector
from registry.endpoints.gateway.connection import ANSWERING, LINGERING, READING, WAITING, Connection
from registry.endpoints.gateway.counting import Counter
from registry.endpoints.gateway.heads import Refused
from registry.endpoints.gateway.instances import MAX_WAITING, Deployment, Instance
from registry.endpoints.gateway.link import Link
from registry.endpoints.gateway.options import Options
from registry.endpoints.gateway.problems import whole
from registry.endpoints.gateway.said import BadTable

if TYPE_CHECKING:
    from registry.endpoints.gateway.exchange import Exchange

logger = logging.getLogger("gateway")
MAX_CALLERS = 5_000
HOLD_SECONDS = 30.0  # at least, until a deployment without an instance has one
TICK, SLOW_TICK = 0.05, 1.0
HEAD_SECONDS, IDLE_SECONDS, SILENT_SECONDS, LINGER_SECONDS = 10.0, 75.0, 30.0, 2.0
DRAIN_SECONDS = 8.0
BACKLOG = 2_048


class Gateway:
    def __init__(self, options: Options, loop: asyncio.AbstractEventLoop) -> None:
        self.options = options
        self.loop = loop
        self.now = loop.time
        self.name = secrets.token_hex(6)
        self.body_limit = options.body_limit
        self.trusted = [ipaddress.ip_network(each, strict=False) for each in options.trusted]
        self.counter = Counter()
        self.table = table.empty()
        self.callers: set[Connection] = set()
        self.busy: set[Connection] = set()
        self.copies: set[mirroring.Copy] = set()
        self.own_answers: dict[int, int] = {}  # by status, of requests that reached no deployment
        self.is_ending = False
        self.connecting: set[asyncio.Task[None]] = set()
        self.link = Link(self, options)
        self.collector = Collector(self.name, options.spool, options.spool_limit)
        self.slow_at = 0.0
        self.port = options.port
        self.tasks: list[asyncio.Task[None]] = []
        self.server: asyncio.Server

    # its life

    async def start(self) -> None:
        """Serve. Raises OSError when nothing can listen there."""
        self.link.read_file()
        self.server = await self.loop.create_server(
            lambda: Caller(self), self.options.host, self.options.port, backlog=BACKLOG, reuse_address=True
        )
        self.port = int(self.server.sockets[0].getsockname()[1])
        logger.info("listening on %s port %d", self.options.host, self.port)
        self.tasks = [self.loop.create_task(self._tick()), *self.link.start()]
        if self.options.spool is not None:
            self.tasks.append(self.loop.create_task(self.collector.run()))

    async def end(self, grace: float = DRAIN_SECONDS) -> None:
        """Take nothing new, finish what is open, tell the last counts."""
        self.is_ending = True
        self.server.close()
        self._close_idle()
        ends_at = self.now() + grace
        while (self.busy or self.copies) and self.now() < ends_at:
            await asyncio.sleep(0.05)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.collector.end()
        await self.link.tell_last()
        logger.info("ended with %d requests open", len(self.busy))

    def adopt(self, raw: bytes) -> bool:
        """Put the table in `raw` in the place of the present one. A bad one is kept out."""
        try:
            self.table, gone = table.successor(raw, self.table, self.counter)
        except BadTable as error:
            logger.error("a table was kept out: %s", error)
            return False
        for deployment in gone:
            for instance in deployment.instances:
                instance.leave()
            while deployment.waiting:
                deployment.waiting.popleft().moved()
        now = self.now()
        for deployment in self.table.deployments.values():
            deployment.serve_waiting(now)
        return True

    # callers

    def arrived(self, caller: Connection) -> None:
        self.callers.add(caller)
        if len(self.callers) > MAX_CALLERS:
            caller.state = LINGERING
            body = b"Too many connections.\n"
            caller.transport.write(whole(503, "text/plain", body, b"retry-after: 1\r\n", close=True))
            caller.transport.close()

    def trusts(self, peer: bytes) -> bool:
        """Whether it is a proxy whose X-Forwarded-* headers count."""
        try:
            address = ipaddress.ip_address(peer.decode())
        except ValueError:
            return False
        return any(address in network for network in self.trusted)

    def left(self, caller: Connection) -> None:
        self.callers.discard(caller)

    # instances

    def reach(self, exchange: "Exchange", deployment: Deployment, instance: Instance) -> None:
        """Give `exchange` a connection to `instance`, or tell it that none can be made."""
        kept = wire.kept(instance, self.now())
        if kept is not None:
            exchange.connected(kept)
            return
        task = self.loop.create_task(self._connect(exchange, deployment, instance))
        self.connecting.add(task)
        task.add_done_callback(self.connecting.discard)

    async def _connect(self, exchange: "Exchange", deployment: Deployment, instance: Instance) -> None:
        try:
            opened = await wire.opened(instance, self.loop)
        except (OSError, TimeoutError):
            instance.open -= 1
            instance.refused(self.now())
            self.link.wish("look", deployment, instance)
            if exchange.instance is instance:
                exchange.refused(instance)
            return
        instance.answered()
        if exchange.instance is instance:
            exchange.connected(opened)
            return
        instance.open -= 1  # who asked is gone
        opened.park()
        deployment.serve_waiting(self.now())

    def wait(self, caller: Caller, deployment: Deployment, now: float) -> None:
        """Nobody takes it just now: for the length of the queue when all are busy, else until somebody is there."""
        if len(deployment.waiting) >= MAX_WAITING or not self._patience(deployment):
            caller.refuse(self.why_waited(deployment))
            return
        caller.state = WAITING
        deployment.waiting.append(caller)
        if not deployment.is_full:
            deployment.recovers = True
            self.link.wish("wake", deployment)
        caller.deadline = caller.queued_at + self._patience(deployment)
        if caller.bytes_in > connection.GATHERED:
            caller.hold_body()

    def waits_on(self, caller: Caller, deployment: Deployment, now: float) -> bool:
        """Whether one whose wait is over may wait on: who queued for a busy instance that has died since."""
        caller.deadline = caller.queued_at + self._patience(deployment)
        return caller.deadline > now

    def _patience(self, deployment: Deployment) -> float:
        """Seconds. Those behind many who were held may wait as long as these: they meet the same restart."""
        if deployment.is_full and not deployment.recovers:
            return deployment.queue_seconds
        return max(HOLD_SECONDS, deployment.timeout)

    def why_waited(self, deployment: Deployment) -> Refused:
        if deployment.is_full:
            said = "The deployment has as many requests as it takes."
            hint = "Send less at a time, or raise its instances or max_concurrent_requests_per_instance."
            return Refused(429, "too_many_requests", said, hint=hint, headers=b"retry-after: 1\r\n")
        said = "No instance of the deployment is ready."
        return Refused(503, "no_instance_ready", said, hint="See its page.", headers=b"retry-after: 5\r\n")

    def mirror(self, caller: Caller, deployment: Deployment, body: bytes) -> None:
        if deployment.id in self.table.deployments:
            mirroring.send(self, deployment, caller, body)

    # the clock

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                self._look(self.now())
            except Exception:  # without the next look nothing would ever time out
                logger.exception("a look at what is open failed")

    def _look(self, now: float) -> None:
        for caller in [each for each in self.busy if self._is_late(each, now)]:
            caller.expired(now)
        for copy in [each for each in self.copies if each.deadline and each.deadline < now]:
            copy.expired(now)
        for deployment in self.table.deployments.values():
            if deployment.waiting:
                deployment.serve_waiting(now)
                if deployment.waiting and not deployment.is_full:
                    self.link.wish("wake", deployment)
        if now >= self.slow_at:
            self.slow_at = now + SLOW_TICK
            self._look_at_connections(now)

    @staticmethod
    def _is_late(caller: Connection, now: float) -> bool:
        if caller.deadline:
            return caller.deadline < now
        is_moving = caller.state == ANSWERING or not caller.is_received
        return is_moving and now - caller.heard_at > SILENT_SECONDS

    def _look_at_connections(self, now: float) -> None:
        for caller in list(self.callers):
            silent = now - caller.heard_at
            if caller.state == READING and caller.pending:
                if silent > HEAD_SECONDS:
                    caller.too_slow()
            elif (caller.state == READING and silent > IDLE_SECONDS) or (
                caller.state == LINGERING and silent > LINGER_SECONDS
            ):
                caller.transport.abort()
        for deployment in self.table.deployments.values():
            for instance in deployment.instances:
                wire.sweep(instance, now)

    def _close_idle(self) -> None:
        for caller in list(self.callers):
            if caller.state == READING and not caller.pending:
                caller.transport.close()
            else:
                caller.keeps = False
