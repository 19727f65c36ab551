"""A text sealed with a key of this installation, and opened again.

The key is derived from `SECRET_KEY`; a sealed text names the key it was made with, so that a rotated key
(`SECRET_KEY_FALLBACKS`) still opens what it sealed, and `reseal` moves it to the present one.
"""

import base64
import hashlib
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from studio.errors import Unavailable

VERSION = "a1"
NONCE_BYTES = 12


def seal(text: str, *, purpose: str) -> str:
    """The sealed form of `text`. `purpose` (which row and field) must be given again to open it."""
    key_id, cipher = _key(settings.SECRET_KEY)
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = cipher.encrypt(nonce, text.encode(), purpose.encode())
    return f"{VERSION}:{key_id}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, purpose: str) -> str:
    """The text again. Raises Unavailable when no known key opens it: the installation's key was lost or replaced."""
    version, _, rest = sealed.partition(":")
    key_id, _, encoded = rest.partition(":")
    cipher = _keys().get(key_id)
    if version != VERSION or cipher is None:
        raise _lost()
    try:
        raw = base64.urlsafe_b64decode(encoded)
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode()).decode()
    except (ValueError, InvalidTag):
        raise _lost() from None


def is_current(sealed: str) -> bool:
    """Whether the present key sealed it."""
    return sealed.split(":")[1:2] == [_key(settings.SECRET_KEY)[0]]


def reseal(sealed: str, *, purpose: str) -> str:
    """The same text under the present key."""
    return sealed if is_current(sealed) else seal(unseal(sealed, purpose=purpose), purpose=purpose)


def _keys() -> dict[str, AESGCM]:
    return dict(_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=8)
def _key(secret: str) -> tuple[str, AESGCM]:
    """A key's id and its cipher."""
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"atelier secrets").derive(secret.encode())
    return hashlib.sha256(b"id" + derived).hexdigest()[:8], AESGCM(derived)


def _lost() -> Unavailable:
    return Unavailable(
        "secret_unreadable",
        "A stored secret can't be opened with the studio's present key.",
        hint="Enter the secret again, or give the earlier key in ATELIER_OLD_SECRET_KEYS.",
    )
