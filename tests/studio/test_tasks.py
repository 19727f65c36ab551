"""Daily housekeeping."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from studio import tasks
from studio.accounts.models import LoginAttempt, SignInLink, User


@pytest.fixture
def long_ago() -> object:
    return timezone.now() - timedelta(days=100)


def test_what_is_old_is_forgotten_and_the_rest_kept(ada: User, long_ago) -> None:
    Session.objects.create(session_key="old", expire_date=long_ago)
    Session.objects.create(session_key="new", expire_date=timezone.now() + timedelta(days=1))
    SignInLink.objects.create(user=ada, secret_hash="old", expires_at=long_ago)
    SignInLink.objects.create(user=ada, secret_hash="new", expires_at=timezone.now())
    LoginAttempt.objects.create(email="x@example.org", address="1")
    LoginAttempt.objects.update(at=long_ago)
    LoginAttempt.objects.create(email="y@example.org", address="1")
    tasks.forget_old()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert list(SignInLink.objects.values_list("secret_hash", flat=True)) == ["new"]
    assert list(LoginAttempt.objects.values_list("email", flat=True)) == ["y@example.org"]
