"""The address of a webhook trigger: a token that is kept sealed, found by its hash, and can be replaced."""

import hashlib
import re
import secrets

from runs.schedules.models import Schedule
from studio.secrets import sealing

TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")


def give(schedule: Schedule) -> str:
    """A new token for a schedule that has a row; the old one finds nothing any more."""
    token = secrets.token_urlsafe(32)
    sealed = sealing.seal(token, workspace=schedule.workspace, purpose=_purpose(schedule))
    Schedule.objects.filter(pk=schedule.pk).update(token=sealed, token_hash=hash_of(token))
    return token


def token_of(schedule: Schedule) -> str:
    """The token in the clear."""
    return sealing.unseal(schedule.token, workspace=schedule.workspace, purpose=_purpose(schedule))


def path_of(token: str) -> str:
    return f"/hooks/schedules/{token}"


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _purpose(schedule: Schedule) -> str:
    return f"schedule:{schedule.pk}:token"
