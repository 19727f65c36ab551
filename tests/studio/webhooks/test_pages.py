"""Webhooks in the browser and over REST."""

from collections.abc import Callable
from typing import Any

import pytest

from studio.webhooks import services, tasks
from studio.webhooks.models import Webhook
from tests.people import People
from tests.studio.webhooks.conftest import Receiver

pytestmark = pytest.mark.django_db
Hook = Callable[..., Webhook]
PAGE = "/w/vision/webhooks/"


def test_an_owner_adds_tests_disables_and_deletes_one(people: People, browser: Any, receiver: Receiver) -> None:
    ada = browser(people.ada)
    values = {"name": "ci", "url": receiver.url, "events": ["model_version.created"], "secret": "knock knock"}
    made = ada.post(PAGE, values, follow=True)
    webhook = Webhook.objects.get()
    one = f"{PAGE}{webhook.pk}/"
    assert made.redirect_chain[-1][0] == one
    assert "knock" not in made.content.decode()
    assert "The test arrived" in ada.post(f"{one}test/", follow=True).content.decode()
    ada.post(f"{one}edit/", {**values, "name": "ci-2", "secret": ""})
    webhook.refresh_from_db()
    assert (webhook.name, services.secret_of(webhook=webhook)) == ("ci-2", "knock knock")
    ada.post(f"{one}switch/")
    webhook.refresh_from_db()
    assert not webhook.is_active
    ada.post(f"{one}delete/")
    assert not Webhook.objects.exists()


def test_an_address_that_is_not_called_is_said_at_its_field(people: People, browser: Any) -> None:
    values = {"name": "ci", "url": "https://169.254.169.254/", "events": ["model_version.created"]}
    answer = browser(people.ada).post(PAGE, values)
    assert (answer.status_code, "not a public one" in answer.content.decode()) == (422, True)
    assert not Webhook.objects.exists()


def test_the_log_shows_attempts_and_sends_again(people: People, browser: Any, hook: Hook, receiver: Receiver) -> None:
    webhook = hook()
    receiver.statuses = [400]
    services.emit(workspace=people.workspace, event="model_version.created", payload={"name": "<b>x</b>"})
    delivery = webhook.deliveries.get()
    tasks.deliver(delivery.pk)
    ada = browser(people.ada)
    text = ada.get(f"{PAGE}{webhook.pk}/").content.decode()
    assert "The server answered 400." in text
    assert "<b>x</b>" not in text
    ada.post(f"{PAGE}{webhook.pk}/deliveries/{delivery.pk}/redeliver/")
    assert webhook.deliveries.count() == 2


def test_rest_tells_everything_but_the_secret(people: People, api: Any, hook: Hook, receiver: Receiver) -> None:
    webhook = hook(secret="knock")
    ada = api(people.ada, base="/api/v1/workspaces/vision/")
    assert "secret" not in ada.get(f"webhooks/{webhook.pk}").json()
    tested = ada.post(f"webhooks/{webhook.pk}/test", {"event": "prompt.created"}).json()
    assert (tested["state"], tested["status_code"], tested["event"]) == ("delivered", 200, "prompt.created")
    assert len(ada.get(f"webhooks/{webhook.pk}/deliveries").json()["results"]) == 1
    refused = ada.post("webhooks", {"name": "x", "url": "https://10.0.0.1/", "events": ["model_version.created"]})
    assert (refused.status_code, refused.json()["code"]) == (400, "webhook_address_refused")
    assert ada.patch(f"webhooks/{webhook.pk}", {"status": "DISABLED"}).json()["status"] == "DISABLED"
