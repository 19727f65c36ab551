"""Whether Redis, which carries the hints, answers: looked at once per process, for all of its sockets.

While it is away sockets are closed, so that pages poll and say so; a socket that looks open but hears nothing would lie.
After a restart between two looks they stay open and are told that there is a gap.
"""

import asyncio
import logging
from typing import Any, Protocol

from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from redis import asyncio as aioredis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

EVERY_SECONDS = 3.0
PATIENCE_SECONDS = 2.0


class Listener(Protocol):
    def redis_lost(self) -> None: ...

    def redis_restarted(self) -> None: ...


class RedisWatch:
    """Tells every listener when Redis stops to answer or was started anew. Runs while there are listeners."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._start_id = ""
        self.is_away = False

    def add(self, listener: Listener) -> None:
        self._listeners.add(listener)
        is_idle = self._task is None or self._task.done()
        if is_idle and isinstance(get_channel_layer(), RedisPubSubChannelLayer):
            self._task = asyncio.get_running_loop().create_task(self._run())

    def remove(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    async def _run(self) -> None:
        client = aioredis.from_url(settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0])
        try:
            while self._listeners:
                await self._look(client)
                await asyncio.sleep(EVERY_SECONDS)
        finally:
            self._start_id, self.is_away = "", False
            await client.aclose()

    async def _look(self, client: Any) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                start_id = str((await client.info("server"))["run_id"])
        except (RedisError, OSError, TimeoutError) as error:
            if not self.is_away:
                logger.warning("Redis does not answer, live updates pause: %s", error)
            self.is_away = True
            for listener in list(self._listeners):
                listener.redis_lost()
            return
        if self._start_id and start_id != self._start_id:
            logger.warning("Redis was started anew, what it had to tell meanwhile is lost: pages look again.")
            for listener in list(self._listeners):
                listener.redis_restarted()
        self._start_id = start_id
        self.is_away = False


watch = RedisWatch()
