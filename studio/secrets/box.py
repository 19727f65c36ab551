"""How texts were sealed before there was a vault: with a key derived from `SECRET_KEY`. `studio.secrets.sealing` opens and moves them.

A sealed text names the key it was made with, so that an earlier one (`SECRET_KEY_FALLBACKS`) still opens what it sealed.
"""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from studio.errors import Unavailable
from studio.secrets import ciphers

VERSION = "a1"
USE = "atelier secrets"


def seal(text: str, *, purpose: str) -> str:
    """The sealed form of `text`. `purpose` (which row and field) must be given again to open it."""
    key_id, cipher = ciphers.derived(settings.SECRET_KEY, USE)
    return f"{VERSION}:{key_id}:{ciphers.seal(cipher, text.encode(), bound_to=purpose)}"


def unseal(sealed: str, *, purpose: str) -> str:
    """The text again. Raises Unavailable when no known key opens it: the installation's key was lost or replaced."""
    version, _, rest = sealed.partition(":")
    key_id, _, encoded = rest.partition(":")
    cipher = _keys().get(key_id)
    if version != VERSION or cipher is None:
        raise _lost()
    try:
        return ciphers.unseal(cipher, encoded, bound_to=purpose).decode()
    except ciphers.Unopened:
        raise _lost() from None


def _keys() -> dict[str, AESGCM]:
    return dict(ciphers.derived(secret, USE) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def _lost() -> Unavailable:
    return Unavailable(
        "secret_unreadable",
        "A stored secret can't be opened with the studio's present key.",
        hint="Enter the secret again, or give the earlier key in ATELIER_OLD_SECRET_KEYS.",
    )
