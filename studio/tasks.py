"""Daily housekeeping in the studio's own tables."""

from importlib import import_module

from celery import shared_task
from django.conf import settings

from studio.accounts import services as accounts
from studio.accounts import throttle
from studio.api import idempotency
from studio.secrets import vault
from studio.webhooks import tasks as webhooks


@shared_task(name="studio.forget_old")
def forget_old() -> None:
    """Drop what nobody will ask about: ended sessions, used links, wrong sign-ins, idempotency keys, webhook
    messages, uses of secrets."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    accounts.forget_old_links()
    throttle.forget_old()
    idempotency.forget_old_keys()
    webhooks.forget_old()
    vault.forget_old_uses()
