"""Personal API tokens: making them, and finding the person behind one."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import models
from django.utils import timezone

from studio import prepared
from studio.access.judge import Place
from studio.access.models import Membership, Workspace
from studio.access.permissions import VIEWS, Permission
from studio.accounts.models import ApiToken, User
from studio.rows import part

PREFIX = "ats_"
SHOWN = 16  # characters of a token that are kept readable, to tell tokens apart
USED_EVERY = timedelta(minutes=1)  # how often "last used" is written at most
_TOKEN, _PERSON, _WORKSPACE = part(ApiToken, "t"), part(User, "u"), part(Workspace, "w")
# In SQL of our own: every request asks this, and building the query would cost three times the answer. The workspace that
# the request is about comes along, when its person belongs to it.
_OWNER = f"""
    SELECT {_TOKEN.columns}, {_PERSON.columns}, {_WORKSPACE.columns}, m.role
    FROM "{ApiToken._meta.db_table}" t JOIN "{User._meta.db_table}" u ON u.id = t.user_id
    LEFT JOIN ("{Membership._meta.db_table}" m JOIN "{Workspace._meta.db_table}" w ON w.id = m.workspace_id)
        ON m.user_id = u.id AND w.slug = %s
    WHERE t.prefix = %s
"""


@dataclass(frozen=True, slots=True)
class ApiTokenNarrowing:
    """What a personal token leaves of its person's rights: a `read` token only looks."""

    token_id: int
    scope: str
    workspace_id: None = None  # it reaches wherever its person may go
    is_over: bool = False
    places: Mapping[str, Place | None] = field(default_factory=dict, compare=False)

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


def authenticate(secret: str, slug: str = "") -> tuple[User, ApiTokenNarrowing] | None:
    """The person a token stands for and what it leaves them; None when it is unknown, expired or revoked.

    One query, which also finds the person's place in the workspace `slug`; "last used" is written at most once a minute.
    """
    row = prepared.first_row(_OWNER, [slug, shown_part(secret)])
    if row is None:
        return None
    token, person = cast(ApiToken, _TOKEN.read(row)), cast(User, _PERSON.read(row, _TOKEN.width))
    if not hmac.compare_digest(token.secret_hash, digest(secret)) or not token.is_usable or not person.is_active:
        return None
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - USED_EVERY:
        _note_use(token.pk, now)
    places = {slug: _place(row)} if slug else {}
    return person, ApiTokenNarrowing(token_id=token.pk, scope=token.scope, places=places)


def _place(row: Sequence[Any]) -> Place | None:
    workspace = _WORKSPACE.read(row, _TOKEN.width + _PERSON.width)
    return None if workspace is None else Place(workspace, row[-1])


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
