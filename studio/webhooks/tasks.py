"""Sending in the background."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from studio.webhooks import engine
from studio.webhooks.models import WebhookDelivery

BATCH = 200
KEPT = timedelta(days=30)


@shared_task(name="studio.webhooks.deliver")
def deliver(delivery_id: int) -> None:
    """One attempt, if the delivery is still to be made. Redis may hand this over twice."""
    send_now(delivery_id)


@shared_task(name="studio.webhooks.deliver_due")
def deliver_due() -> None:
    """Every few seconds: what is due again, what was never queued, what a worker left behind."""
    due = WebhookDelivery.objects.filter(state__in=WebhookDelivery.OPEN, due_at__lte=timezone.now())
    for pk in due.order_by("due_at").values_list("pk", flat=True)[:BATCH]:
        deliver.delay_on_commit(pk)


def send_now(delivery_id: int) -> None:
    """Claim the delivery and make one attempt."""
    delivery = engine.claim(delivery_id)
    if delivery is not None:
        engine.attempt(delivery)


def forget_old() -> int:
    """Drop the deliveries of more than a month ago. Answers how many went."""
    return WebhookDelivery.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
