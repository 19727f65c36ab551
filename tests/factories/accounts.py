"""People and their tokens."""

from datetime import timedelta
from typing import Any

from studio.accounts import tokens
from studio.accounts.models import ApiToken, User
from tests.factories import sequence

PASSWORD = "a long enough passphrase"


def make_user(email: str = "", *, name: str = "", password: str | None = PASSWORD, **fields: Any) -> User:
    email = email or f"person{sequence.number()}@example.org"
    return User.objects.create_user(email, password, name=name or email.split("@")[0].title(), **fields)


def make_token(
    user: User, *, scope: str = ApiToken.Scope.WRITE, name: str = "test", lifetime: timedelta | None = None
) -> str:
    """The secret text of a new personal token."""
    return tokens.issue(user=user, name=name, scope=scope, lifetime=lifetime)[1]
