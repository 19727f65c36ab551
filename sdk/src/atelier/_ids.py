"""Identifiers in the house format."""

from __future__ import annotations

import os

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12


def new_id() -> str:
    """A fresh run id: 12 characters that can be read aloud."""
    # 240 is the largest multiple of 30 below 256: dropping the rest keeps every character equally likely.
    letters: list[str] = []
    while len(letters) < LENGTH:
        letters += [ALPHABET[byte % 30] for byte in os.urandom(2 * LENGTH) if byte < 240]
    return "".join(letters[:LENGTH])


def new_key() -> str:
    """A key that makes a repeated call do its work once."""
    return os.urandom(16).hex()
