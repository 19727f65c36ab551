"""Hints to browsers: sent after commit, never fatal. The socket says "look again", not what changed."""

import logging
import threading
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import redis
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from studio.live import topics

logger = logging.getLogger(__name__)

SECONDS_TO_SEND = 1.0
# After a failure nothing is tried for a moment: a request that tells ten things must not wait ten times.
REST_AFTER_FAILURE = 2.0
LOOKED_BACK = 16  # hints of a transaction in which a repeated one is looked for: thousands may wait


@dataclass(frozen=True, slots=True)
class Hint:
    """What is sent after the commit."""

    topic: str
    event: str
    offsets: dict[str, int | str]

    def __call__(self) -> None:
        send_hint(self.topic, self.event, self.offsets)


def publish(topic: str, event: str, **offsets: int | str) -> None:
    """Send `event` to those who listen to `topic`, once the current transaction has committed.

    `offsets` are small positions (`size=`, `count=`) that save a listener a request; never content. What was said just
    before in the same transaction is not said twice.
    """
    hint, connection = Hint(topic, event, offsets), transaction.get_connection()
    kept = set(connection.savepoint_ids)
    if not any(waiting == hint and points <= kept for points, waiting, _ in connection.run_on_commit[-LOOKED_BACK:]):
        transaction.on_commit(hint)


def send_hint(topic: str, event: str, offsets: dict[str, int | str]) -> None:
    """Send now, whatever the transaction does. A hint that can't be sent is one line in the log."""
    layer = get_channel_layer()
    if layer is None or _rest.is_on():
        return
    message = {"type": "hint", "topic": topic, "event": event, "offsets": offsets}
    try:
        _send(layer, topics.group(topic), message)
    except Exception as error:  # noqa: BLE001  whatever the channel layer's transport raises, a hint may be lost
        _rest.begin()
        logger.warning("hint %s %s was not sent: %s", topic, event, error)


def _send(layer: Any, group: str, message: dict[str, Any]) -> None:
    if not isinstance(layer, RedisPubSubChannelLayer):
        async_to_sync(layer.group_send)(group, message)
        return
    # The layer itself would open an event loop and a connection for each hint; its wire format is one PUBLISH.
    config: Any = settings.CHANNEL_LAYERS["default"]["CONFIG"]
    host = config["hosts"][0]
    _redis(host).publish(f"asgi__group__{group}", layer.serialize(message))


@cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_timeout=SECONDS_TO_SEND,
        socket_connect_timeout=SECONDS_TO_SEND,
        # One more try: a kept connection is stale after a restart of Redis.
        retry=Retry(NoBackoff(), 1),
    )


class _Rest:
    """The pause after a failure, shared by the threads of this process."""

    def __init__(self) -> None:
        self._until = 0.0
        self._lock = threading.Lock()

    def is_on(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        with self._lock:
            self._until = time.monotonic() + REST_AFTER_FAILURE


_rest = _Rest()
