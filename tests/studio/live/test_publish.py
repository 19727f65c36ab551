import time

import pytest
from channels.layers import channel_layers
from django.db import transaction
from django.test import override_settings

from studio.live import publish

DEAD = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": ["redis://127.0.0.1:1/1"]},
    }
}


@pytest.fixture
def redis_is_away(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(publish, "_rest", publish._Rest())
    with override_settings(CHANNEL_LAYERS=DEAD):
        channel_layers.backends.clear()
        yield
    channel_layers.backends.clear()


def test_without_redis_a_hundred_hints_neither_fail_nor_hang(redis_is_away: None) -> None:
    began = time.monotonic()
    for _ in range(100):
        publish.send_hint("workspace:vision", "runs", {})
    assert time.monotonic() - began < 2.5


@pytest.mark.django_db(transaction=True)
def test_a_hint_of_a_transaction_that_fails_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(publish, "_send", lambda layer, group, message: sent.append(message["event"]))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish.publish("workspace:vision", "lost")
        raise ZeroDivisionError
    with transaction.atomic():
        publish.publish("workspace:vision", "kept")
        assert sent == []
    assert sent == ["kept"]


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_says_twice_is_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(publish, "_send", lambda layer, group, message: sent.append(message["event"]))
    with transaction.atomic():
        for event in ("runs", "activity", "runs", "runs"):
            publish.publish("workspace:vision", event)
    assert sent == ["runs", "activity"]
    publish.publish("workspace:vision", "runs")
    assert sent == ["runs", "activity", "runs"]


@pytest.mark.django_db(transaction=True)
def test_a_hint_survives_the_part_of_a_transaction_that_said_it_first(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(publish, "_send", lambda layer, group, message: sent.append(message["event"]))
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            publish.publish("workspace:vision", "runs")
            raise ZeroDivisionError
        with transaction.atomic():
            publish.publish("workspace:vision", "runs")
        publish.publish("workspace:vision", "runs")
    assert sent[:1] == ["runs"]
