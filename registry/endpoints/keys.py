"""The two keys of an endpoint: made here, kept sealed; only their SHA-256 leaves the database for the gateway."""

import hashlib
import secrets
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from registry.endpoints.models import Endpoint
from studio.secrets import sealing

WHICH = ("primary", "secondary")
BEGINNING = "aek_"


@dataclass(frozen=True, slots=True)
class Keys:
    primary: str
    secondary: str


def make() -> str:
    return BEGINNING + secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """What the gateway compares: the SHA-256 of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def put(endpoint: Endpoint, which: str, key: str) -> list[str]:
    """Keep `key` as the endpoint's primary or secondary one; answers the columns that changed. The row must have its id."""
    sealed = sealing.seal(key, workspace=endpoint.workspace, purpose=_purpose(endpoint, which))
    setattr(endpoint, f"{which}_key", sealed)
    setattr(endpoint, f"{which}_hash", hash_of(key))
    return [f"{which}_key", f"{which}_hash"]


def opened(endpoint: Endpoint, which: str) -> str:
    """The key again. Raises Unavailable when the studio's keys don't open it."""
    sealed = getattr(endpoint, f"{which}_key")
    return sealing.unseal(sealed, workspace=endpoint.workspace, purpose=_purpose(endpoint, which))


def both(endpoint: Endpoint) -> Keys:
    return Keys(opened(endpoint, "primary"), opened(endpoint, "secondary"))


def token_secret(endpoint: Endpoint) -> str:
    """What the endpoint's tokens are signed with; a new primary key ends them all."""
    said = f"{endpoint.pk}:{endpoint.primary_hash}"
    return salted_hmac("registry.endpoints.token", said, algorithm="sha256").hexdigest()


def _purpose(endpoint: Endpoint, which: str) -> str:
    return f"endpoint:{endpoint.pk}:{which}"
