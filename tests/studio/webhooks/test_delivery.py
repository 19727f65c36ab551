"""Messages on their way: signed, tried again, counted, forgotten."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from studio.access.models import Workspace
from studio.notifications.models import Notification
from studio.webhooks import engine, outbound, services, tasks
from studio.webhooks.models import Webhook, WebhookDelivery
from tests.people import People
from tests.studio.webhooks.conftest import Receiver

pytestmark = pytest.mark.django_db
Hook = Callable[..., Webhook]
PAYLOAD = {"name": "digits", "version": "1"}


def emit(workspace: Workspace) -> WebhookDelivery:
    (delivery,) = services.emit(workspace=workspace, event="model_version.created", payload=PAYLOAD)
    return delivery


def sent(delivery: WebhookDelivery) -> WebhookDelivery:
    tasks.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def make_due(delivery: WebhookDelivery) -> None:
    WebhookDelivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now())


def test_a_message_is_signed_over_its_id_time_and_body(workspace: Workspace, hook: Hook, receiver: Receiver) -> None:
    hook(secret="knock knock")
    delivery = sent(emit(workspace))
    ((headers, body),) = receiver.got
    message = json.loads(body)
    assert (message["entity"], message["action"], message["data"]) == ("model_version", "created", PAYLOAD)
    assert message["workspace"] == "vision"
    signed = f"{headers['X-MLflow-Delivery-Id']}.{headers['X-MLflow-Timestamp']}.{body}".encode()
    expected = base64.b64encode(hmac.new(b"knock knock", signed, hashlib.sha256).digest()).decode()
    assert headers["X-MLflow-Signature"] == f"v1,{expected}"
    assert headers["X-MLflow-Delivery-Id"] == str(delivery.key)
    assert delivery.state == WebhookDelivery.State.DELIVERED


def test_without_a_secret_there_is_no_signature(workspace: Workspace, hook: Hook, receiver: Receiver) -> None:
    hook()
    sent(emit(workspace))
    assert "X-MLflow-Signature" not in receiver.got[0][0]


def test_the_secret_is_sealed_in_the_database(hook: Hook) -> None:
    webhook = hook(secret="knock knock")
    assert "knock" not in webhook.secret
    assert services.secret_of(webhook=webhook) == "knock knock"


def test_only_active_webhooks_that_chose_the_event_are_told(workspace: Workspace, hook: Hook) -> None:
    hook(name="other", events=["prompt.created"])
    hook(name="off", status="DISABLED")
    assert services.emit(workspace=workspace, event="model_version.created", payload=PAYLOAD) == []


def test_another_workspace_hears_nothing(people: People, hook: Hook) -> None:
    hook()
    assert services.emit(workspace=people.elsewhere, event="model_version.created", payload=PAYLOAD) == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_fault_of_the_receiver_is_tried_again_later(
    workspace: Workspace, hook: Hook, receiver: Receiver, status: int
) -> None:
    hook()
    receiver.statuses = [status]
    delivery = sent(emit(workspace))
    assert delivery.state == WebhookDelivery.State.PENDING
    assert delivery.due_at > timezone.now()
    assert sent(delivery).state == WebhookDelivery.State.PENDING, "not before it is due"
    make_due(delivery)
    assert sent(delivery).state == WebhookDelivery.State.DELIVERED
    assert [attempt["status"] for attempt in delivery.attempts] == [status, 200]
    ids = {headers["X-MLflow-Delivery-Id"] for headers, _ in receiver.got}
    assert len(ids) == 1, "a receiver knows a repeated message by its id"


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 410])
def test_a_refusal_is_final_and_no_redirect_is_followed(
    workspace: Workspace, hook: Hook, receiver: Receiver, status: int
) -> None:
    hook()
    receiver.statuses, receiver.headers = [status], {"Location": receiver.url}
    delivery = sent(emit(workspace))
    assert (delivery.state, delivery.status_code, len(receiver.got)) == (WebhookDelivery.State.FAILED, status, 1)


def test_it_ends_after_six_attempts(workspace: Workspace, hook: Hook, receiver: Receiver) -> None:
    hook()
    receiver.statuses = [500] * 10
    delivery = emit(workspace)
    for _ in range(10):
        make_due(delivery)
        sent(delivery)
    assert delivery.state == WebhookDelivery.State.FAILED
    assert len(delivery.attempts) == len(receiver.got) == engine.MAX_ATTEMPTS


def test_pauses_double_with_chance_and_hear_the_receiver() -> None:
    assert timedelta(seconds=2.5) <= engine.pause_before(1) <= timedelta(seconds=5)
    assert timedelta(seconds=20) <= engine.pause_before(4) <= timedelta(seconds=40)
    assert engine.pause_before(30) <= engine.LONGEST_PAUSE
    assert engine.pause_before(1, asked=120) == timedelta(seconds=120)


def test_retry_after_is_heard(workspace: Workspace, hook: Hook, receiver: Receiver) -> None:
    hook()
    receiver.statuses, receiver.headers = [503], {"Retry-After": "300"}
    delivery = sent(emit(workspace))
    assert delivery.due_at > timezone.now() + timedelta(seconds=290)


def test_a_message_that_nobody_queued_is_found(workspace: Workspace, hook: Hook, settings: Any) -> None:
    hook()
    delivery = emit(workspace)
    due = WebhookDelivery.objects.filter(state__in=WebhookDelivery.OPEN, due_at__lte=timezone.now())
    assert list(due) == [delivery]
    tasks.deliver_due()


def test_a_message_left_behind_by_a_dead_worker_is_taken_up_again(
    workspace: Workspace, hook: Hook, receiver: Receiver
) -> None:
    hook()
    delivery = emit(workspace)
    assert engine.claim(delivery.pk) is not None
    assert engine.claim(delivery.pk) is None
    make_due(delivery)
    assert sent(delivery).state == WebhookDelivery.State.DELIVERED


def test_a_slow_receiver_does_not_take_every_thread(workspace: Workspace, hook: Hook) -> None:
    hook()
    claimed = [engine.claim(emit(workspace).pk) for _ in range(engine.MOST_AT_ONCE + 1)]
    assert [found is not None for found in claimed] == [True] * engine.MOST_AT_ONCE + [False]


def test_a_webhook_that_keeps_failing_is_disabled_and_its_owner_told(
    people: People, workspace: Workspace, hook: Hook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "PAUSED_AFTER", 3)
    webhook = hook()
    Webhook.objects.filter(pk=webhook.pk).update(created_by=people.ada)
    receiver.statuses = [400, 200, 400, 400, 400]
    for _ in range(5):
        sent(emit(workspace))
    webhook.refresh_from_db()
    assert (webhook.status, webhook.failures_in_a_row) == ("DISABLED", 3)
    assert Notification.objects.filter(user=people.ada, text__contains="disabled").count() == 1
    services.edit_webhook(actor=people.ada, webhook=webhook, status="ACTIVE")
    assert (webhook.pause_reason, webhook.failures_in_a_row) == ("", 0)


def test_A60_a_test_tells_the_status_and_nothing_the_receiver_said(hook: Hook, receiver: Receiver) -> None:
    delivery = services.test_webhook(actor=None, webhook=hook())
    assert (delivery.state, delivery.status_code, delivery.is_test) == (WebhookDelivery.State.DELIVERED, 200, True)
    kept = f"{delivery.attempts}{delivery.error}{delivery.body}"
    assert "own words" not in kept
    assert json.loads(receiver.got[0][1])["data"]["name"] == "example_model"


def test_a_failed_test_is_not_repeated_and_does_not_count(hook: Hook, receiver: Receiver) -> None:
    webhook = hook()
    receiver.statuses = [500]
    assert services.test_webhook(actor=None, webhook=webhook).state == WebhookDelivery.State.FAILED
    webhook.refresh_from_db()
    assert webhook.failures_in_a_row == 0


def test_a_receiver_that_is_away_is_named_in_the_log(workspace: Workspace, hook: Hook, settings: Any) -> None:
    settings.WEBHOOK_HOSTS = frozenset({"127.0.0.1:9"})
    hook(url="http://127.0.0.1:9/none")
    delivery = sent(emit(workspace))
    assert delivery.state == WebhookDelivery.State.PENDING
    assert delivery.error.startswith("No connection")


def test_a_server_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    import socket
    import threading

    monkeypatch.setattr(outbound, "SECONDS_IN_ALL", 0.15)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    threading.Thread(target=listener.accept, daemon=True).start()
    settings.WEBHOOK_HOSTS = frozenset({f"127.0.0.1:{port}"})
    reply = outbound.post(f"http://127.0.0.1:{port}/", b"{}", {})
    listener.close()
    assert reply.status is None
    assert reply.seconds < 2


def test_the_log_is_forgotten_after_a_month(workspace: Workspace, hook: Hook) -> None:
    hook()
    old, new = emit(workspace), emit(workspace)
    WebhookDelivery.objects.filter(pk=old.pk).update(created_at=timezone.now() - tasks.KEPT - timedelta(minutes=1))
    assert tasks.forget_old() == 1
    assert list(WebhookDelivery.objects.all()) == [new]


@pytest.mark.parametrize("path", ["/für/ü?q=ä", "/%C3%BC", "/a{b}|c", "/\u2028", "/x?redirect=http://10.0.0.1/"])
def test_an_address_beyond_ascii_is_written_as_http_knows_it(hook: Hook, receiver: Receiver, path: str) -> None:
    sent = services.test_webhook(actor=None, webhook=hook(url=receiver.url.partition("/hook")[0] + path))
    assert (sent.state, sent.status_code) == ("delivered", 200)


def test_an_address_that_no_request_can_hold_is_a_failure_that_is_written_down(
    hook: Hook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise UnicodeEncodeError("ascii", "ü", 0, 1, "ordinal not in range(128)")

    monkeypatch.setattr("http.client.HTTPConnection.request", refuse)
    sent = services.test_webhook(actor=None, webhook=hook())
    assert (sent.state, sent.error) == ("failed", "The address can't be written in a request.")
