"""Keys and tokens: who may ask an endpoint."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from registry.endpoints import keys as secret_keys
from registry.endpoints import names, state, tokens
from registry.endpoints.keys import Keys
from registry.endpoints.models import Endpoint
from registry.endpoints.services import telling, waking
from studio.accounts.models import User

TOKEN_SECONDS = 3600
LONGEST_TOKEN = 24 * 3600


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is given once. Ask for another one when `refresh_at` is over."""

    access_token: str
    expires_at: datetime
    refresh_at: datetime


def keys(*, actor: User | None, endpoint: Endpoint) -> Keys:
    """Both keys in the open; who looked is written down."""
    found = secret_keys.both(endpoint)
    telling.note_endpoint(actor=actor, endpoint=endpoint, verb="keys_shown")
    return found


def regenerate_key(*, actor: User | None, endpoint: Endpoint, which: str) -> Keys:
    """A new primary or secondary key; the old one is refused as soon as the gateway has heard of it."""
    if which not in secret_keys.WHICH:
        raise names.bad("which", f"{which[:40]!r} is no key of an endpoint.", hint="Give primary or secondary.")
    with transaction.atomic():
        changed = secret_keys.put(endpoint, which, secret_keys.make())
        endpoint.save(update_fields=changed)
        state.changed(endpoint.pk)
        telling.note_endpoint(actor=actor, endpoint=endpoint, verb="key_regenerated", detail=f"The {which} key.")
        waking.table(endpoint)
    return secret_keys.both(endpoint)


def issue_token(*, actor: User | None, endpoint: Endpoint, seconds: int = TOKEN_SECONDS) -> Token:
    """A token for this endpoint alone. Raises Invalid for a time that is too long."""
    if not 60 <= seconds <= LONGEST_TOKEN:
        raise names.bad("seconds", f"A token is for 60 to {LONGEST_TOKEN:,} seconds.")
    now = timezone.now()
    expires = now + timedelta(seconds=seconds)
    text = tokens.make(
        endpoint_id=endpoint.pk,
        secret=secret_keys.token_secret(endpoint),
        expires=int(expires.timestamp()),
        name=str(actor.pk) if actor else "",
    )
    return Token(text, expires, now + timedelta(seconds=seconds * 2 // 3))
