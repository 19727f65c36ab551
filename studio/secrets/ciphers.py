"""Keys made of what an operator gives, and AES-256-GCM with them."""

import base64
import hashlib
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
KEY_BYTES = 32


class Unopened(Exception):
    """The text was not sealed with this key for this purpose, or somebody changed it."""


@lru_cache(maxsize=32)
def derived(secret: str, use: str) -> tuple[str, AESGCM]:
    """The id and the cipher of a key made of a secret text. The id tells nothing of the key."""
    key = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=use.encode()).derive(secret.encode())
    return hashlib.sha256(b"id" + key).hexdigest()[:8], AESGCM(key)


def seal(cipher: AESGCM, data: bytes, *, bound_to: str) -> str:
    """`data` encrypted, as text. It opens with the same `bound_to` alone."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + cipher.encrypt(nonce, data, bound_to.encode())).decode()


def unseal(cipher: AESGCM, sealed: str, *, bound_to: str) -> bytes:
    """The data again. Raises Unopened."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode())
    except (ValueError, InvalidTag):
        raise Unopened from None
