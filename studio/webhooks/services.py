"""Webhooks made and changed, and events put down for sending."""

import json
import re
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid, Unavailable
from studio.secrets import resealing, sealing
from studio.webhooks import addresses, events, tasks
from studio.webhooks.models import Webhook, WebhookDelivery

MAX_WEBHOOKS = 50
MAX_SECRET = 500
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")


def create_webhook(
    *,
    actor: User | None,
    workspace: Workspace,
    name: str,
    url: str,
    events: Sequence[str],
    description: str = "",
    secret: str = "",
    status: str = Webhook.Status.ACTIVE,
) -> Webhook:
    """A webhook; its secret is kept sealed and never shown again. Raises Invalid for an address that is not called."""
    checked = _checked_events(events)
    _check_name(name)
    addresses.check(url)
    if Webhook.objects.filter(workspace=workspace).count() >= MAX_WEBHOOKS:
        raise Conflict("too_many_webhooks", f"A workspace has at most {MAX_WEBHOOKS} webhooks.", hint="Delete one.")
    with transaction.atomic():
        webhook = Webhook.objects.create(
            workspace=workspace, name=name, url=url, events=checked, description=description[:1000],
            status=_checked_status(status), created_by=actor,
        )  # fmt: skip
        _put_secret(webhook, secret)
        _record(actor, webhook, "created")
    return webhook


def edit_webhook(
    *,
    actor: User | None,
    webhook: Webhook,
    name: str | None = None,
    url: str | None = None,
    events: Sequence[str] | None = None,
    description: str | None = None,
    secret: str | None = None,
    status: str | None = None,
) -> Webhook:
    """Change what is given. An empty secret removes it; a webhook made active again starts with a clean slate."""
    if name is not None:
        _check_name(name)
        webhook.name = name
    if url is not None:
        addresses.check(url)
        webhook.url = url
    if events is not None:
        webhook.events = _checked_events(events)
    if description is not None:
        webhook.description = description[:1000]
    if status is not None:
        webhook.status = _checked_status(status)
        webhook.pause_reason, webhook.failures_in_a_row = "", 0
    webhook.updated_at = timezone.now()
    with transaction.atomic():
        webhook.save()
        if secret is not None:
            _put_secret(webhook, secret)
        _record(actor, webhook, "edited")
    return webhook


def delete_webhook(*, actor: User | None, webhook: Webhook) -> None:
    with transaction.atomic():
        _record(actor, webhook, "deleted")
        webhook.delete()


def emit(*, workspace: Workspace, event: str, payload: dict[str, Any]) -> list[WebhookDelivery]:
    """Put an event down for every active webhook that chose it, in the transaction of the change itself."""
    rows = Webhook.objects.filter(workspace=workspace, status=Webhook.Status.ACTIVE)
    return [_put_down(webhook, workspace, event, payload) for webhook in rows if event in webhook.events]


def test_webhook(*, actor: User | None, webhook: Webhook, event: str = "") -> WebhookDelivery:
    """Send an example now, once, and answer what came of it."""
    chosen = event or webhook.events[0]
    if chosen not in events.EXAMPLES:
        raise _unknown(chosen)
    delivery = _put_down(webhook, webhook.workspace, chosen, events.EXAMPLES[chosen], is_test=True)
    tasks.send_now(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def redeliver(*, actor: User | None, delivery: WebhookDelivery) -> WebhookDelivery:
    """The same message once more as a new delivery, whether or not the webhook is active."""
    with transaction.atomic():
        again = WebhookDelivery.objects.create(
            webhook_id=delivery.webhook_id, key=uuid.uuid4(), event=delivery.event, body=delivery.body
        )
        tasks.deliver.delay_on_commit(again.pk)
    return again


def secret_of(*, webhook: Webhook) -> str:
    """The secret in the clear, for signing."""
    if not webhook.secret:
        return ""
    return sealing.unseal(webhook.secret, workspace=webhook.workspace, purpose=_purpose(webhook))


def reseal_secrets() -> resealing.Outcome:
    """Every webhook's secret under its workspace's key. One that is changed meanwhile keeps its new value."""
    moved, current, unreadable = 0, 0, []
    for webhook in Webhook.objects.exclude(secret="").select_related("workspace").order_by("pk"):
        if sealing.is_current(webhook.secret):
            current += 1
            continue
        try:
            again = sealing.reseal(webhook.secret, workspace=webhook.workspace, purpose=_purpose(webhook))
        except Unavailable:
            unreadable.append(f"{webhook.workspace.slug}/{webhook.name}")
            continue
        moved += Webhook.objects.filter(pk=webhook.pk, secret=webhook.secret).update(secret=again)
    return resealing.Outcome(moved, current, tuple(unreadable))


def _put_down(
    webhook: Webhook, workspace: Workspace, event: str, payload: dict[str, Any], *, is_test: bool = False
) -> WebhookDelivery:
    entity, _, action = event.partition(".")
    message = {
        "entity": entity,
        "action": action,
        "timestamp": timezone.now().isoformat(),
        "data": payload,
        "workspace": workspace.slug,
    }
    delivery = WebhookDelivery.objects.create(
        webhook=webhook, key=uuid.uuid4(), event=event, body=json.dumps(message, ensure_ascii=False), is_test=is_test
    )
    if not is_test:
        tasks.deliver.delay_on_commit(delivery.pk)
    return delivery


def _put_secret(webhook: Webhook, secret: str) -> None:
    if len(secret) > MAX_SECRET:
        message = f"A secret has at most {MAX_SECRET} characters."
        raise Invalid("bad_webhook", message, fields={"secret": message})
    purpose = _purpose(webhook)
    webhook.secret = sealing.seal(secret, workspace=webhook.workspace, purpose=purpose) if secret else ""
    webhook.save(update_fields=["secret"])


def _purpose(webhook: Webhook) -> str:
    return f"webhook:{webhook.pk}:secret"


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        message = (
            f"Webhook name {name[:80]!r} is invalid. It must start and end with a letter or digit, be less than 63"
            " characters long, and contain only letters, digits, dots (.), underscores (_), and hyphens (-)."
        )
        raise Invalid("bad_webhook", message, fields={"name": message})


def _checked_events(given: Sequence[str]) -> list[str]:
    chosen = list(dict.fromkeys(given))
    if not chosen:
        message = "Webhook events must be a non-empty list: choose at least one."
        raise Invalid("bad_webhook", message, fields={"events": message})
    for event in chosen:
        if event not in events.EXAMPLES:
            raise _unknown(event)
    return chosen


def _checked_status(status: str) -> str:
    if status not in Webhook.Status.values:
        message = f"A webhook is {' or '.join(Webhook.Status.values)}."
        raise Invalid("bad_webhook", message, fields={"status": message})
    return status


def _unknown(event: str) -> Invalid:
    message = f"There is no event {event[:60]!r}; there are {', '.join(events.EVENTS)}."
    return Invalid("bad_webhook", message, fields={"events": message})


def _record(actor: User | None, webhook: Webhook, verb: str) -> None:
    workspace = webhook.workspace
    activity.record(
        actor=actor, workspace=workspace, verb=f"webhook.{verb}", subject=f"webhook:{webhook.pk}", label=webhook.name
    )
