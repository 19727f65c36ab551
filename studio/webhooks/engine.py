"""One attempt at one delivery, and what becomes of it."""

import base64
import hashlib
import hmac
import random
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from studio.errors import Unavailable
from studio.live import topics
from studio.live.publish import publish
from studio.notifications import services as notifications
from studio.outbound.addresses import Refused
from studio.secrets import sealing
from studio.webhooks import outbound
from studio.webhooks.models import Webhook, WebhookDelivery

MAX_ATTEMPTS = 6
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
# Longer than an attempt may take: a worker that died gives its delivery back.
CLAIMED_FOR = timedelta(seconds=90)
MOST_AT_ONCE = 4  # a slow receiver must not take the threads that start jobs
PAUSED_AFTER = 20  # deliveries failed for good, one after the other


def claim(delivery_id: int) -> WebhookDelivery | None:
    """The delivery, ours alone for a while; None when it is not due, somebody else has it, or enough are on their way."""
    now = timezone.now()
    on_their_way = WebhookDelivery.objects.filter(state=WebhookDelivery.State.SENDING, due_at__gt=now).count()
    if on_their_way >= MOST_AT_ONCE:
        return None
    rows = WebhookDelivery.objects.filter(pk=delivery_id, state__in=WebhookDelivery.OPEN, due_at__lte=now)
    if not rows.update(state=WebhookDelivery.State.SENDING, due_at=now + CLAIMED_FOR):
        return None
    return WebhookDelivery.objects.select_related("webhook__workspace").get(pk=delivery_id)


def attempt(delivery: WebhookDelivery) -> None:
    """Send once and write down what came of it: delivered, failed, or due again later."""
    reply = _send(delivery)
    entry = {
        "at": timezone.now().isoformat(),
        "status": reply.status,
        "seconds": round(reply.seconds, 3),
        "error": reply.error,
    }
    attempts = [*delivery.attempts, entry]
    state, due_at = _next(delivery, reply, len(attempts))
    WebhookDelivery.objects.filter(pk=delivery.pk, state=WebhookDelivery.State.SENDING).update(
        state=state, attempts=attempts, status_code=reply.status, error=reply.error[:300], due_at=due_at
    )
    if not delivery.is_test:
        _count(delivery.webhook, state)
    publish(topics.workspace(delivery.webhook.workspace.slug), "webhooks")


def signature(secret: str, delivery_id: str, timestamp: str, body: str) -> str:
    """`v1,<base64>`: HMAC-SHA256 over `delivery_id.timestamp.body`."""
    signed = hmac.new(secret.encode(), f"{delivery_id}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def pause_before(tries: int, asked: int | None = None) -> timedelta:
    """How long to wait after so many tries: doubling, any part of it by chance, never less than was asked for."""
    longest = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
    drawn = longest * random.uniform(0.5, 1.0)
    return max(drawn, timedelta(seconds=asked or 0))


def _send(delivery: WebhookDelivery) -> outbound.Reply:
    webhook = delivery.webhook
    key, timestamp = str(delivery.key), str(int(timezone.now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Atelier-Webhook/1",
        "X-MLflow-Delivery-Id": key,
        "X-MLflow-Timestamp": timestamp,
    }
    try:
        if webhook.secret:
            purpose = f"webhook:{webhook.pk}:secret"
            secret = sealing.unseal(webhook.secret, workspace=webhook.workspace, purpose=purpose)
            headers["X-MLflow-Signature"] = signature(secret, key, timestamp, delivery.body)
        return outbound.post(webhook.url, delivery.body.encode(), headers)
    except (Refused, Unavailable) as error:
        return outbound.Reply(None, str(error), 0.0)


def _next(delivery: WebhookDelivery, reply: outbound.Reply, tries: int) -> tuple[str, datetime]:
    now = timezone.now()
    if reply.is_success:
        return WebhookDelivery.State.DELIVERED, now
    if delivery.is_test or not reply.is_worth_another_try or tries >= MAX_ATTEMPTS:
        return WebhookDelivery.State.FAILED, now
    return WebhookDelivery.State.PENDING, now + pause_before(tries, reply.retry_after)


def _count(webhook: Webhook, state: str) -> None:
    """Count failures in a row; after too many the webhook is disabled and its owner told."""
    rows = Webhook.objects.filter(pk=webhook.pk)
    if state == WebhookDelivery.State.DELIVERED:
        rows.exclude(failures_in_a_row=0).update(failures_in_a_row=0)
        return
    if state != WebhookDelivery.State.FAILED:
        return
    rows.update(failures_in_a_row=F("failures_in_a_row") + 1)
    reason = f"{PAUSED_AFTER} messages in a row could not be delivered."
    paused = rows.filter(status=Webhook.Status.ACTIVE, failures_in_a_row__gte=PAUSED_AFTER).update(
        status=Webhook.Status.DISABLED, pause_reason=reason, updated_at=timezone.now()
    )
    if paused and webhook.created_by is not None:
        notifications.notify(
            user=webhook.created_by,
            workspace=webhook.workspace,
            matter=f"webhook-paused:{webhook.pk}:{timezone.now():%Y-%m-%d}",
            text=f"The webhook {webhook.name} was disabled: {reason}",
            url=f"/w/{webhook.workspace.slug}/webhooks/{webhook.pk}/",
        )
