"""Reads about a person's own account."""

from typing import Any

from django.db.models import QuerySet

from studio.accounts.models import ApiToken, SignInLink, User
from studio.accounts.tokens import digest


def tokens_of(user: User) -> "QuerySet[ApiToken]":
    """A person's tokens that were not revoked, newest first."""
    return ApiToken.objects.filter(user=user, revoked_at=None)


def is_own_link(*, user: User, secret: str) -> bool:
    """Whether a sign-in link, used or not, was made for this person."""
    return SignInLink.objects.filter(user=user, secret_hash=digest(secret)).exists()


def has_account(*, email: str) -> bool:
    """Whether somebody has an account under this address."""
    return User.objects.filter(email=email.lower()).exists()


def active_user(pk: int) -> User | None:
    """The person of this number, unless the account is closed."""
    return User.objects.filter(pk=pk, is_active=True).first()


def email_of(user: Any) -> str:
    """The address of a signed-in person, in the form addresses are compared in."""
    return str(user.email).lower()
