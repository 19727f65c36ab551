"""What people do with their accounts, and how the first one comes to be."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from studio.accounts import throttle, tokens
from studio.accounts.models import ApiToken, SignInLink, User
from studio.accounts.passwords import require_good_password
from studio.errors import Conflict, Gone, Invalid, NotFound
from studio.live import topics
from studio.live.publish import publish
from studio.workspaces import services as workspaces

LINK_LIFETIME = timedelta(hours=1)
SHORTEST_ADOPTED_TOKEN = 20
MOST_TOKENS = 100
FIRST_ADMIN = "admin@localhost.localdomain"


def check_password(*, email: str, password: str, address: str) -> User:
    """The active person with this e-mail and password.

    Raises Throttled after five wrong tries within a minute, Invalid otherwise; an unknown address takes as long and says
    the same as a wrong password.
    """
    email = email.strip().lower()
    throttle.check(email=email, address=address)
    user = authenticate(username=email, password=password)
    if not isinstance(user, User):
        throttle.note_failure(email=email, address=address)
        raise Invalid("sign_in_failed", "E-mail address and password do not match an account.")
    return user


def make_sign_in_link(*, user: User, lifetime: timedelta = LINK_LIFETIME) -> str:
    """A full URL that signs this person in once."""
    secret = secrets.token_urlsafe(32)
    SignInLink.objects.create(user=user, secret_hash=tokens.digest(secret), expires_at=timezone.now() + lifetime)
    return settings.BASE_URL + reverse("sign-in-link", kwargs={"secret": secret})


def use_sign_in_link(*, secret: str) -> User:
    """The person a link stands for, once. Raises Gone when it was used, ran out or never was."""
    now = timezone.now()
    links = SignInLink.objects.filter(secret_hash=tokens.digest(secret), user__is_active=True)
    if not links.filter(used_at=None, expires_at__gt=now).update(used_at=now):
        raise Gone(
            "sign_in_link_gone",
            "This sign-in link was used already or has run out.",
            hint="Ask the administrator for a new one: python3 manage.py sign-in-link.",
        )
    return links.select_related("user").get().user


def tell_sockets_of(*, actor: User) -> None:
    """A session of this person ended: their open sockets look whether it was theirs."""
    publish(topics.user(actor.pk), "access")


def edit_profile(*, actor: User, name: str | None = None, theme: str | None = None, density: str | None = None) -> User:
    """Change what is given of one's own profile."""
    given = {"name": name, "theme": theme, "density": density}
    changed = [field for field, value in given.items() if value is not None]
    for field in changed:
        setattr(actor, field, given[field])
    if changed:
        actor.save(update_fields=changed)
    return actor


def change_password(*, actor: User, old: str, new: str) -> User:
    """Set a new password; every other session of this person ends. Who has none yet need not give the old one."""
    if actor.has_usable_password() and not actor.check_password(old):
        raise Invalid("wrong_password", "The current password is wrong.", fields={"old": "This is not your password."})
    require_good_password(password=new, user=actor, field="new")
    actor.set_password(new)
    actor.save(update_fields=["password"])
    publish(topics.user(actor.pk), "access")
    return actor


def create_token(*, actor: User, name: str, scope: str, expires_in_days: int | None) -> tuple[ApiToken, str]:
    """A new personal token and its secret, which is shown once and stored nowhere."""
    if ApiToken.objects.filter(user=actor, revoked_at=None).count() >= MOST_TOKENS:
        raise Conflict("too_many_tokens", f"You have {MOST_TOKENS} tokens.", hint="Revoke one that is not used.")
    lifetime = timedelta(days=expires_in_days) if expires_in_days else None
    return tokens.issue(user=actor, name=name, scope=scope, lifetime=lifetime)


def revoke_token(*, actor: User, token_id: int) -> None:
    """End one's own token at once. Raises NotFound for another person's."""
    mine = ApiToken.objects.filter(user=actor, pk=token_id, revoked_at=None)
    if not mine.update(revoked_at=timezone.now()):
        raise NotFound("not_found", "There is nothing here, or it is not yours to see.")
    publish(topics.user(actor.pk), "access")


@transaction.atomic
def create_first_admin(*, email: str = FIRST_ADMIN, name: str = "Administrator") -> User:
    """The installation's administrator, without a password, who owns the first workspace `main`.

    The second call finds the first one's person: a start may be repeated.
    """
    found = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if found is not None:
        return found
    user = User.objects.create_superuser(email, name=name)
    workspaces.create_workspace(actor=user, slug="main", name="Main")
    return user


def adopt_admin_token(*, user: User, token: str) -> ApiToken:
    """Make a token that was chosen outside (ATELIER_ADMIN_TOKEN) the administrator's API token."""
    token = token.strip()
    if len(token) < SHORTEST_ADOPTED_TOKEN:
        raise Invalid("weak_token", f"ATELIER_ADMIN_TOKEN needs at least {SHORTEST_ADOPTED_TOKEN} characters.")
    if not (token.isascii() and token.isprintable()) or " " in token or token.startswith("atj_"):
        raise Invalid(
            "bad_token_text", "ATELIER_ADMIN_TOKEN must be printable ASCII without blanks, not a job's token."
        )
    return tokens.adopt(user=user, name="ATELIER_ADMIN_TOKEN", secret=token)


def forget_old_links() -> int:
    """Drop sign-in links that ran out a month ago."""
    return SignInLink.objects.filter(expires_at__lt=timezone.now() - timedelta(days=30)).delete()[0]
