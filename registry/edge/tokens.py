"""The code that enrols a device and the token it has afterwards: made here, kept as hashes only."""

import hashlib
import secrets
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from registry.edge import queries
from registry.edge.models import EdgeDevice
from studio.api.authentication import TokenAuthentication

PREFIX = "atd_"
LONGEST = 200
# Without letters that look alike; 60 bits.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, GROUP = 3, 4
CODE_LENGTH = GROUPS * GROUP


@dataclass(frozen=True)
class DeviceToken:
    """What a request of a device's agent comes with. It opens the addresses of agents and nothing else."""

    device: EdgeDevice
    token_hash: str


class DeviceAuthentication(TokenAuthentication):
    """`Authorization: Bearer atd_…`. A person's token is known too, so that it can be told that this is no door for it."""

    def person_of(self, secret: str, request: Request) -> tuple[object, object]:
        if not secret.startswith(PREFIX):
            return super().person_of(secret, request)
        device = queries.device_of_token(hash_of(secret)) if len(secret) <= LONGEST else None
        if device is None:
            raise AuthenticationFailed("This device's token is unknown or was revoked.", "bad_token")
        return AnonymousUser(), DeviceToken(device, device.token_hash)


def new_token() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def new_code() -> str:
    """A code as a person types it: `7KQM-2XPD-9RTW`."""
    letters = [secrets.choice(LETTERS) for _ in range(CODE_LENGTH)]
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, CODE_LENGTH, GROUP))


def plain_code(text: str) -> str:
    """A code as it is compared, whatever the case and the dashes; empty for what can't be one."""
    found = "".join(letter for letter in text.upper() if letter not in " -\t")
    is_one = len(found) == CODE_LENGTH and all(letter in LETTERS for letter in found)
    return found if is_one else ""


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class DeviceScheme(OpenApiAuthenticationExtension):
    """How the description of the API names it."""

    target_class = "registry.edge.tokens.DeviceAuthentication"
    name = "device"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "The token of an edge device."}
