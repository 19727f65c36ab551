"""Short ids that are safe in URLs, file names and speech."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # no 0/o, 1/i/l, u
RUN_ID_LENGTH = 12


def new_run_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(RUN_ID_LENGTH))


def is_run_id(value: str) -> bool:
    return len(value) == RUN_ID_LENGTH and all(character in ALPHABET for character in value)
