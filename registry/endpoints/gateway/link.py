"""The gateway's line to the studio: the table comes by Redis, counts and wishes go by it. All of it may be away."""

import asyncio
import importlib
import json
import logging
import os
import tempfile
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.endpoints.gateway.options import Options

if TYPE_CHECKING:
    from registry.endpoints.gateway.instances import Deployment, Instance
    from registry.endpoints.gateway.server import Gateway

logger = logging.getLogger("gateway")
TABLE, MINUTES, WISHES = "atelier:gateway:table", "atelier:gateway:minutes", "atelier:gateway:wishes"
LOOK_SECONDS, TELL_SECONDS, REST_SECONDS = 2.0, 3.0, 1.0
TIMEOUT = 2.0
MAX_LIST = 10_000  # entries that lie in Redis when nobody takes them
MAX_WISHES = 1_000
WISH_EVERY = 1.0  # of one deployment


class Link:
    def __init__(self, gateway: "Gateway", options: Options) -> None:
        self.gateway = gateway
        self.url = options.redis_url
        self.file = options.table_file
        self.is_up = False
        self.wishes: deque[str] = deque(maxlen=MAX_WISHES)
        self.wished = asyncio.Event()
        self.hint = asyncio.Event()
        self.client: Any = None

    def start(self) -> list[asyncio.Task[None]]:
        if not self.url:
            return []
        return [
            asyncio.create_task(each)
            for each in (self._open(), self._listen(), self._look(), self._tell(), self._ask())
        ]

    # the file

    def read_file(self) -> None:
        """Start with the last table there was."""
        with suppress(FileNotFoundError):
            raw = self.file.read_bytes()
            if self.gateway.adopt(raw):
                logger.info("began with the table of %s, %d endpoints", self.file, len(self.gateway.table.endpoints))

    def _keep(self, raw: bytes) -> None:
        """Put the table on disk, for the owner's eyes only, all of it or nothing."""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=".gateway-table-")  # made with 0600
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
            Path(name).replace(self.file)
        except OSError as error:
            logger.warning("the table could not be kept in %s: %s", self.file, error)

    # Redis

    async def _open(self) -> None:
        """The client's library takes a while to load: requests are answered meanwhile."""
        redis = await asyncio.to_thread(importlib.import_module, "redis.asyncio")
        self.client = redis.Redis.from_url(self.url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)

    async def _connected(self) -> Any:
        while self.client is None:
            await asyncio.sleep(0.02)
        return self.client

    def _failed(self, error: Exception) -> None:
        if self.is_up:
            logger.warning("Redis is away: %s", error)
        self.is_up = False

    async def _look(self) -> None:
        """Ask for the table when a hint says so, and every two seconds."""
        client = await self._connected()
        last = self.gateway.table.raw
        while True:
            self.hint.clear()
            try:
                raw = await client.get(TABLE)
                self.is_up = True
            except Exception as error:  # noqa: BLE001  whatever the client raises, the last table is good
                self._failed(error)
                raw = None
            if raw and raw != last:
                last = raw
                await self._adopt(raw)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.hint.wait(), LOOK_SECONDS)

    async def _adopt(self, raw: bytes) -> None:
        try:
            if self.gateway.adopt(raw):
                await asyncio.to_thread(self._keep, raw)
        except Exception:
            logger.exception("a table made the gateway stumble")  # the next one may be better

    async def _listen(self) -> None:
        """A message on the table's channel says that there is a new one."""
        client = await self._connected()
        while True:
            try:
                async with client.pubsub() as listener:
                    await listener.subscribe(TABLE)
                    while True:
                        if await listener.get_message(ignore_subscribe_messages=True, timeout=30):
                            self.hint.set()
            except Exception as error:  # noqa: BLE001  as above: the look every two seconds goes on
                self._failed(error)
                await asyncio.sleep(REST_SECONDS)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(TELL_SECONDS)
            await self._tell_minutes()

    async def _tell_minutes(self) -> None:
        """Whole minutes so far: what is told twice replaces itself."""
        rows = self.gateway.counter.untold()
        if not rows or self.client is None:
            return
        now = time.time()
        said = [row.as_json(self.gateway.name, identity, now) for identity, row, _ in rows]
        if await self._push(MINUTES, json.dumps(said)):
            self.gateway.counter.told(rows)

    async def tell_last(self) -> None:
        """The last counts, before the end."""
        with suppress(Exception):  # whatever Redis' client raises: the process ends now, told or not
            async with asyncio.timeout(TIMEOUT):
                await self._tell_minutes()
                await self.client.aclose()

    def wish(self, what: str, deployment: "Deployment", instance: "Instance | None" = None) -> None:
        """Ask the studio to wake a deployment, or to look at an instance that takes no connection."""
        now = self.gateway.now()
        if now - deployment.wished_at < WISH_EVERY:
            return
        deployment.wished_at = now
        said = {
            "wish": what,
            "deployment": deployment.id,
            "instance": instance.id if instance else None,
            "waiting": len(deployment.waiting),
            "at": round(time.time(), 3),
        }
        self.wishes.append(json.dumps(said))
        self.wished.set()

    async def _ask(self) -> None:
        while True:
            await self.wished.wait()
            self.wished.clear()
            while self.wishes and await self._push(WISHES, self.wishes[0]):
                self.wishes.popleft()
            if self.wishes:
                await asyncio.sleep(REST_SECONDS)
                self.wished.set()

    async def _push(self, name: str, said: str) -> bool:
        try:
            client = await self._connected()
            async with client.pipeline(transaction=False) as pipe:
                pipe.rpush(name, said)
                pipe.ltrim(name, -MAX_LIST, -1)
                await pipe.execute()
        except Exception as error:  # noqa: BLE001  it is tried again
            self._failed(error)
            return False
        return True
