"""Wrong sign-ins are counted in the database, per account and per address, over the last minute."""

import logging
from datetime import timedelta

from django.utils import timezone

from studio.accounts.models import LoginAttempt
from studio.errors import Throttled

logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=1)
PER_ACCOUNT = 5
# Many people may share one address behind a proxy: this only slows a sweep over accounts.
PER_ADDRESS = 60
KEPT = timedelta(days=30)  # the rows are also the record of who tried


def check(*, email: str, address: str) -> None:
    """Raise Throttled when this account or this address had too many wrong tries."""
    since = timezone.now() - WINDOW
    recent = LoginAttempt.objects.filter(at__gt=since)
    if recent.filter(email=email).count() >= PER_ACCOUNT or recent.filter(address=address).count() >= PER_ADDRESS:
        raise Throttled(
            "sign_in_throttled",
            "Too many wrong tries to sign in.",
            hint="Wait a minute and try again.",
            retry_after=int(WINDOW.total_seconds()),
        )


def note_failure(*, email: str, address: str) -> None:
    """Count one wrong try."""
    LoginAttempt.objects.create(email=email[:254], address=address[:64])
    logger.warning("wrong sign-in for %r from %s", email[:254], address[:64])


def forget_old() -> int:
    """Drop the tries nobody will ask about."""
    return LoginAttempt.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
