"""What is known of an engine: the worker looks, everybody else reads."""

from datetime import timedelta

import docker
import pytest
from django.utils import timezone

from compute.engines import opening, presence
from compute.engines.models import Engine

pytestmark = pytest.mark.django_db
NOWHERE = "unix:///nowhere/docker.sock"


def test_an_engine_that_nobody_has_looked_at_is_unknown_and_not_away() -> None:
    assert presence.state_of(NOWHERE).state == Engine.State.UNKNOWN
    assert presence.why_away(NOWHERE) == ""


def test_one_that_does_not_answer_is_down_with_a_sentence() -> None:
    seen = presence.look(NOWHERE)
    assert seen.is_down
    assert (
        presence.why_away(NOWHERE) == "The Docker engine of this machine does not answer: there is no engine's socket."
    )


def test_what_was_seen_long_ago_says_nothing() -> None:
    presence.look(NOWHERE)
    Engine.objects.update(checked_at=timezone.now() - timedelta(minutes=5))
    assert presence.state_of(NOWHERE).state == Engine.State.UNKNOWN


def test_since_when_is_kept_until_it_changes() -> None:
    first = presence.look(NOWHERE)
    assert presence.look(NOWHERE).since == first.since


def test_reading_it_asks_one_row(django_assert_num_queries: object) -> None:
    presence.look(NOWHERE)
    with django_assert_num_queries(1):  # type: ignore[operator]
        presence.state_of(NOWHERE)


def test_an_engine_that_answers_is_up_with_its_version(docker_engine: "docker.DockerClient") -> None:
    seen = presence.look()
    assert seen.is_up
    assert seen.version == docker_engine.version()["Version"]
    assert Engine.objects.get(address="").facts["cpus"] > 0


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tcp://127.0.0.1:9", "nothing listens there"),
        ("http://x", "its address begins with"),
        ("ssh://nobody@127.0.0.1:9", "The Docker engine at 127.0.0.1 does not answer"),
        ("unix:///nowhere", "no engine's socket"),
    ],
)
def test_why_an_engine_is_away_is_said(address: str, words: str) -> None:
    with pytest.raises(opening.EngineAway, match=words):
        opening.client(address, opening.Credentials() if address.startswith("ssh") else None)
