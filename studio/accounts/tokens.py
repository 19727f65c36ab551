"""Personal API tokens: making them, and finding the person behind one."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone

from studio.access.permissions import VIEWS, Permission
from studio.access.rows import one_row
from studio.accounts.models import ApiToken, User

PREFIX = "ats_"
SHOWN = 16  # characters of a token that are kept readable, to tell tokens apart
USED_EVERY = timedelta(minutes=1)  # how often "last used" is written at most
# In SQL of our own: every request asks this, and building the query would cost three times the answer.
_OWNER = f"""
    SELECT u.*, t.id AS token_id, t.secret_hash AS token_hash, t.scope AS token_scope,
        CASE WHEN t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %s) THEN 1 ELSE 0 END
            AS token_is_usable,
        CASE WHEN t.last_used_at IS NULL OR t.last_used_at < %s THEN 1 ELSE 0 END AS token_is_stale
    FROM "{ApiToken._meta.db_table}" t JOIN "{User._meta.db_table}" u ON u.id = t.user_id
    WHERE t.prefix = %s
"""


@dataclass(frozen=True, slots=True)
class ApiTokenNarrowing:
    """What a personal token leaves of its person's rights: a `read` token only looks."""

    token_id: int
    scope: str
    workspace_id: None = None  # it reaches wherever its person may go
    is_over: bool = False

    @property
    def is_read_only(self) -> bool:
        return self.scope == ApiToken.Scope.READ

    def permits(self, permission: Permission) -> bool:
        return not self.is_read_only or permission in VIEWS

    def narrow(self, rows: "models.QuerySet[Any]", permission: Permission) -> "models.QuerySet[Any]":
        return rows if self.permits(permission) else rows.none()


def issue(*, user: User, name: str, scope: str, lifetime: timedelta | None = None) -> tuple[ApiToken, str]:
    """A new token row and its secret text, which exists only here."""
    secret = PREFIX + secrets.token_hex(32)
    return _store(user=user, name=name, scope=scope, lifetime=lifetime, secret=secret), secret


def adopt(*, user: User, name: str, secret: str) -> ApiToken:
    """Make a text that was chosen outside a token with write scope; the same text again gives the same row."""
    found = ApiToken.objects.filter(prefix=shown_part(secret)).first()
    if found is not None and hmac.compare_digest(found.secret_hash, digest(secret)):
        return found
    return _store(user=user, name=name, scope=ApiToken.Scope.WRITE, lifetime=None, secret=secret)


def authenticate(secret: str) -> tuple[User, ApiTokenNarrowing] | None:
    """The person a token stands for and what it leaves them; None when it is unknown, expired or revoked.

    One query; "last used" is written at most once a minute.
    """
    now = timezone.now()
    moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (now, now - USED_EVERY)]
    found: Any = one_row(User, _OWNER, [*moments, shown_part(secret)])
    if found is None or not hmac.compare_digest(found.token_hash, digest(secret)):
        return None
    if not found.token_is_usable or not found.is_active:
        return None
    if found.token_is_stale:
        _note_use(found.token_id, now)
    return found, ApiTokenNarrowing(token_id=found.token_id, scope=found.token_scope)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def shown_part(secret: str) -> str:
    """The public part a token is looked up by. A text of foreign make gets one that shows nothing of it."""
    return secret[:SHOWN] if secret.startswith(PREFIX) else f"env_{digest(secret)[:12]}"


def _store(*, user: User, name: str, scope: str, lifetime: timedelta | None, secret: str) -> ApiToken:
    return ApiToken.objects.create(
        user=user,
        name=name,
        scope=scope,
        prefix=shown_part(secret),
        secret_hash=digest(secret),
        expires_at=timezone.now() + lifetime if lifetime else None,
    )


def _note_use(token_id: int, now: datetime) -> None:
    stale = models.Q(last_used_at=None) | models.Q(last_used_at__lt=now - USED_EVERY)
    ApiToken.objects.filter(stale, pk=token_id).update(last_used_at=now)
