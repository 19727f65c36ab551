"""Whether Redis, which carries the hints, answers: looked at once per process, for all of its sockets.

While it is away sockets are closed, so that pages poll and say so; a socket that looks open but hears nothing would lie.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from redis import asyncio as aioredis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

EVERY_SECONDS = 3.0
PATIENCE_SECONDS = 2.0


class RedisWatch:
    """Calls `lost` of every listener when Redis stops to answer. Runs while there are listeners."""

    def __init__(self) -> None:
        self._listeners: set[Callable[[], None]] = set()
        self._task: asyncio.Task[None] | None = None
        self.is_away = False

    def add(self, lost: Callable[[], None]) -> None:
        self._listeners.add(lost)
        is_idle = self._task is None or self._task.done()
        if is_idle and isinstance(get_channel_layer(), RedisPubSubChannelLayer):
            self._task = asyncio.get_running_loop().create_task(self._run())

    def remove(self, lost: Callable[[], None]) -> None:
        self._listeners.discard(lost)

    async def _run(self) -> None:
        client = aioredis.from_url(settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0])
        try:
            while self._listeners:
                await self._look(client)
                await asyncio.sleep(EVERY_SECONDS)
        finally:
            self.is_away = False
            await client.aclose()

    async def _look(self, client: Any) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await client.ping()
        except (RedisError, OSError, TimeoutError) as error:
            if not self.is_away:
                logger.warning("Redis does not answer, live updates pause: %s", error)
            self.is_away = True
            for lost in list(self._listeners):
                lost()
            return
        if self.is_away:
            logger.warning("Redis answers again, live updates go on.")
        self.is_away = False


watch = RedisWatch()
