"""The part of the guard's table about people: signing in, their profile and their tokens."""

from tests.guard.levels import ANYONE, SIGNED_IN, Entry

ACCOUNTS: dict[str, Entry] = {
    "sign-in": {"GET": ANYONE, "POST": ANYONE},
    "sign-in-link": {"GET": ANYONE},
    "sign-out": {"POST": ANYONE},
    "account-profile": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "account-tokens": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "account-token-revoke": {"POST": SIGNED_IN},
    "api-me": {"GET": SIGNED_IN, "PATCH": SIGNED_IN},
    "api-me-tokens": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "api-me-token": {"DELETE": SIGNED_IN},
}
MEANS: dict[str, dict[str, str]] = {
    "sign-in-link": {"secret": "unknown_secret"},
}
