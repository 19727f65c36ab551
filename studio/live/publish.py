"""Hints to browsers: sent after commit, never fatal. The socket says "look again", not what changed."""

import logging
from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from studio.live import topics

logger = logging.getLogger(__name__)


def publish(topic: str, event: str, **offsets: int | str) -> None:
    """Send `event` to those who listen to `topic`, once the current transaction has committed.

    `offsets` are small positions (`size=`, `count=`) that save a listener a request; never content.
    """
    transaction.on_commit(partial(_send, topic, event, offsets))


def _send(topic: str, event: str, offsets: dict[str, int | str]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    message = {"type": "hint", "topic": topic, "event": event, "offsets": offsets}
    try:
        async_to_sync(layer.group_send)(topics.group(topic), message)
    except Exception as error:  # noqa: BLE001  whatever the channel layer's transport raises, a hint may be lost
        logger.warning("hint %s %s was not sent: %s", topic, event, error)
