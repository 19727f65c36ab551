"""Lists of Redis in which gateways tell the studio something: taken in portions, put back when they could not be kept."""

import contextlib
import json
import logging
from typing import Any

import redis

from studio.health import pulse

logger = logging.getLogger(__name__)
PORTION = 500
MINUTES, WISHES = "atelier:gateway:minutes", "atelier:gateway:wishes"


def take(name: str) -> list[dict[str, Any]]:
    """The oldest things said, gone from the list; nothing while Redis is away. What is no object is dropped."""
    try:
        raw = pulse.client().lpop(name, PORTION)
    except (redis.RedisError, OSError) as error:
        logger.debug("%s was not read: %s", name, error)
        return []
    found = []
    for each in raw or []:
        with contextlib.suppress(ValueError, TypeError):
            value = json.loads(each)  # type: ignore[arg-type]
            found.extend(value if isinstance(value, list) else [value])
    return [each for each in found if isinstance(each, dict)]


def give_back(name: str, said: list[dict[str, Any]]) -> None:
    """Put back, in front, what could not be kept."""
    with contextlib.suppress(redis.RedisError, OSError):
        pulse.client().lpush(name, *[json.dumps(each) for each in reversed(said)])
