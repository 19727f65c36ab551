"""Who edits a pipeline right now: signs of life in Redis that run out by themselves. Without Redis nobody is known."""

import contextlib
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from runs.pipelines.models import Pipeline
from studio.accounts.models import User
from studio.live import topics
from studio.live.publish import publish

logger = logging.getLogger(__name__)

LASTS = 30  # seconds after the last sign of life; a canvas gives one every 10
SECONDS_TO_ANSWER = 0.5
REST_AFTER_FAILURE = 5.0
MOST_SHOWN = 20
MAX_PAGE, MAX_NODE = 40, 255


@dataclass(frozen=True, slots=True)
class Editor:
    """Somebody with the canvas open: on which page of theirs, and at which node."""

    user_id: int
    name: str
    page: str
    node: str
    since: float
    seen: float


def note(*, actor: User, pipeline: Pipeline, page: str, node: str = "") -> list[Editor]:
    """This person has the canvas open. Answers everybody who has, this page included."""
    before = _read(pipeline)
    now = time.time()
    mine = next((each for each in before if (each.user_id, each.page) == (actor.pk, page)), None)
    me = Editor(actor.pk, str(actor)[:100], page, node, mine.since if mine else now, now)
    with _redis_or_nothing() as server:
        if server is None:
            return [me]
        key = _key(pipeline)
        facts = {"name": me.name, "node": node, "since": me.since, "seen": now}
        with server.pipeline() as pipe:
            pipe.hset(key, f"{actor.pk}:{page}", json.dumps(facts))
            pipe.expire(key, LASTS)
            pipe.execute()
    if mine is None or mine.node != node:
        _tell(pipeline)
    return sorted([*(each for each in before if each is not mine), me], key=lambda each: each.since)[:MOST_SHOWN]


def leave(*, actor: User, pipeline: Pipeline, page: str) -> list[Editor]:
    """This page was closed."""
    with _redis_or_nothing() as server:
        if server is not None and server.hdel(_key(pipeline), f"{actor.pk}:{page}"):
            _tell(pipeline)
    return who(pipeline)


def who(pipeline: Pipeline) -> list[Editor]:
    """Those who have the canvas open, the longest first."""
    return sorted(_read(pipeline), key=lambda each: each.since)[:MOST_SHOWN]


def _read(pipeline: Pipeline) -> list[Editor]:
    found: dict[Any, Any] = {}
    with _redis_or_nothing() as server:
        found = server.hgetall(_key(pipeline)) if server is not None else {}
    oldest = time.time() - LASTS
    editors = [_editor(str(field), json.loads(value)) for field, value in found.items()]
    return [each for each in editors if each.seen >= oldest]


def _editor(field: str, facts: dict[str, Any]) -> Editor:
    user, _, page = field.partition(":")
    return Editor(int(user), facts["name"], page, facts["node"], facts["since"], facts["seen"])


def _key(pipeline: Pipeline) -> str:
    return f"atelier:drawing:{pipeline.pk}"


def _tell(pipeline: Pipeline) -> None:
    publish(topics.workspace(pipeline.workspace.slug), f"pipeline-{pipeline.pk}-presence")


_resting_until = 0.0


@contextlib.contextmanager
def _redis_or_nothing() -> "Iterator[redis.Redis | None]":
    """The server, or None for a moment after it did not answer: a canvas must not wait for it again and again."""
    global _resting_until
    if time.monotonic() < _resting_until:
        yield None
        return
    try:
        yield _client(settings.REDIS_CACHE_URL)
    except redis.RedisError as error:
        _resting_until = time.monotonic() + REST_AFTER_FAILURE
        logger.warning("who edits is not known, Redis does not answer: %s", error)


@cache
def _client(url: str) -> "redis.Redis":
    never = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(
        url,
        socket_timeout=SECONDS_TO_ANSWER,
        socket_connect_timeout=SECONDS_TO_ANSWER,
        retry=never,
        decode_responses=True,
    )
