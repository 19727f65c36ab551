"""Tokens of an endpoint that expire: signed with a secret of the endpoint, so that the gateway judges them by itself.

Standard library only: the gateway reads this too.
"""

import base64
import binascii
import hashlib
import hmac
import json

BEGINNING = "aet_"
LONGEST = 1024


def make(*, endpoint_id: int, secret: str, expires: int, name: str = "") -> str:
    """A token of this endpoint until `expires` (seconds since 1970); `name` says who asked for it."""
    said = json.dumps({"e": endpoint_id, "n": name, "x": expires}, separators=(",", ":")).encode()
    return f"{BEGINNING}{_text(said)}.{_text(_signature(said, secret))}"


def is_valid(token: str, *, endpoint_id: int, secret: str, now: float) -> bool:
    """Whether the endpoint's own secret signed the token and its time is not over."""
    if not token.startswith(BEGINNING) or len(token) > LONGEST or not secret:
        return False
    first, _, second = token.removeprefix(BEGINNING).partition(".")
    try:
        said, given = _bytes(first), _bytes(second)
        if not hmac.compare_digest(given, _signature(said, secret)):
            return False
        value = json.loads(said)
        return bool(value["e"] == endpoint_id and float(value["x"]) > now)
    except (ValueError, KeyError, TypeError, binascii.Error):
        return False


def _signature(said: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), said, hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
