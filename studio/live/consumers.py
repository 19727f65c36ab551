"""The one browser socket: `{"subscribe": "run:…"}` in, hints out.

Who may listen is asked at joining, at every change of somebody's rights, and every half minute; so is whether the session
still stands. The names of the groups are made by the server. What a browser may send is small and slow, and a browser that
reads slowly delays nobody.
"""

import asyncio
import contextlib
import logging
import random
import time
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from redis.exceptions import RedisError

from studio.accounts.models import User
from studio.api import parsers
from studio.api.renderers import dumps
from studio.errors import StudioError
from studio.live import sessions, subscriptions, topics
from studio.live.outbox import Outbox
from studio.live.watch import watch

logger = logging.getLogger(__name__)

RECHECK_SECONDS = 30.0
LARGEST_FRAME = 64 * 1024
MOST_TOPICS = 100
FRAMES_PER_SECOND, FRAMES_AT_ONCE = 20.0, 200.0
SECONDS_TO_READ = 30.0  # a browser that takes nothing for so long is gone

POLICY_VIOLATED, TOO_LARGE, TRY_LATER, NOT_SIGNED_IN = 1008, 1009, 1013, 4401


class LiveConsumer(AsyncWebsocketConsumer):
    user: User
    groups_joined: dict[str, str]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        except RedisError as error:
            # The channel layer could not even begin: the page polls and tries again.
            logger.warning("a live socket was refused, Redis does not answer: %s", error)
            with contextlib.suppress(RuntimeError):
                await send({"type": "websocket.close", "code": TRY_LATER})

    async def connect(self) -> None:
        self.session_key = getattr(self.scope.get("session"), "session_key", None)
        self.groups_joined = {}  # topic → group
        self.own_topic = ""
        self.tasks: list[asyncio.Task[None]] = []
        self.budget, self.budget_at = FRAMES_AT_ONCE, time.monotonic()
        user = await database_sync_to_async(sessions.person_of)(self.session_key)
        if user is None:
            await self.close(code=NOT_SIGNED_IN)
            return
        self.user = user
        self.outbox = Outbox()
        # Everybody hears of changes to their own rights, whether the page asked for it or not.
        self.own_topic = topics.user(user.pk)
        try:
            await self.channel_layer.group_add(topics.group(self.own_topic), self.channel_name)
        except (RedisError, OSError):
            await self.close(code=TRY_LATER)
            return
        await self.accept()
        watch.add(self)
        self.tasks = [asyncio.create_task(self._deliver()), asyncio.create_task(self._recheck_now_and_then())]

    async def disconnect(self, code: int) -> None:
        watch.remove(self)
        for task in self.tasks:
            task.cancel()
        joined = {*self.groups_joined.values(), *([topics.group(self.own_topic)] if self.own_topic else [])}
        for group in joined:
            with contextlib.suppress(RedisError, OSError):
                await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        raw = bytes_data if text_data is None else text_data.encode("utf-8", "surrogatepass")
        if raw is None or len(raw) > LARGEST_FRAME:
            await self.close(code=TOO_LARGE)
            return
        if not self._within_budget():
            await self.close(code=POLICY_VIOLATED)
            return
        try:
            message = parsers.loads(raw)
        except (StudioError, RecursionError):
            message = None
        if not isinstance(message, dict):
            self.outbox.put({"error": "bad_message", "topic": ""})
            return
        if isinstance(message.get("subscribe"), str):
            await self._subscribe(message["subscribe"])
        elif isinstance(message.get("unsubscribe"), str):
            await self._unsubscribe(message["unsubscribe"])
        else:
            self.outbox.put({"error": "bad_message", "topic": ""})

    async def hint(self, message: dict[str, Any]) -> None:
        """One hint of the channel layer, for a group this socket is in."""
        topic, event = message["topic"], message["event"]
        if topic == self.own_topic and event == "access":
            await self._recheck()
        if topic in self.groups_joined:
            self.outbox.put({**message.get("offsets", {}), "topic": topic, "event": event})

    async def _subscribe(self, topic: str) -> None:
        if topic in self.groups_joined:
            return
        if len(self.groups_joined) >= MOST_TOPICS:
            self.outbox.put({"error": "too_many_topics", "topic": topic[: subscriptions.LONGEST_TOPIC]})
            return
        if not await database_sync_to_async(subscriptions.may_listen)(self.user, topic):
            self.outbox.put({"error": "not_found", "topic": topic[: subscriptions.LONGEST_TOPIC]})
            return
        group = topics.group(topic)
        try:
            await self.channel_layer.group_add(group, self.channel_name)
        except (RedisError, OSError):
            await self.close(code=TRY_LATER)
            return
        self.groups_joined[topic] = group
        self.outbox.put({"subscribed": True, "topic": topic, "event": ""})

    async def _unsubscribe(self, topic: str) -> None:
        group = self.groups_joined.pop(topic, None)
        if group is None or topic == self.own_topic:
            return
        with contextlib.suppress(RedisError, OSError):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def _recheck_now_and_then(self) -> None:
        while True:
            # Spread out, so that five hundred sockets of one restart do not ask at once.
            await asyncio.sleep(RECHECK_SECONDS * random.uniform(0.7, 1.0))
            await self._recheck()

    async def _recheck(self) -> None:
        """Drop what this person may no longer hear; close when the session is over."""
        user, lost = await database_sync_to_async(self._still_allowed)()
        if user is None:
            await self.close(code=NOT_SIGNED_IN)
            return
        self.user = user
        for topic in lost:
            await self._unsubscribe(topic)
            self.outbox.put({"error": "not_found", "topic": topic})

    def _still_allowed(self) -> tuple[User | None, list[str]]:
        user = sessions.person_of(self.session_key)
        if user is None or user.pk != self.user.pk:
            return None, []
        return user, [topic for topic in self.groups_joined if not subscriptions.may_listen(user, topic)]

    async def _deliver(self) -> None:
        """Sends what waits; alone here it may wait for a slow reader."""
        while True:
            for message in await self.outbox.take():
                try:
                    async with asyncio.timeout(SECONDS_TO_READ):
                        await self.send(text_data=dumps(message).decode())
                except (TimeoutError, RuntimeError, OSError):
                    # Too slow, or gone without a word: the browser comes back and asks for what it missed.
                    with contextlib.suppress(RuntimeError, OSError):
                        await self.close(code=TRY_LATER)
                    return

    def redis_lost(self) -> None:
        self.tasks.append(asyncio.create_task(self.close(code=TRY_LATER)))

    def redis_restarted(self) -> None:
        self.outbox.note_gap()

    def _within_budget(self) -> bool:
        now = time.monotonic()
        self.budget = min(FRAMES_AT_ONCE, self.budget + (now - self.budget_at) * FRAMES_PER_SECOND)
        self.budget_at = now
        if self.budget < 1:
            return False
        self.budget -= 1
        return True
