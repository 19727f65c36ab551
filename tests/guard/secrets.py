"""The part of the guard's table about secrets and connections."""

from tests.guard.levels import CONTRIBUTOR, READER, Entry

SECRETS: dict[str, Entry] = {
    "secret-list": {"GET": READER, "POST": CONTRIBUTOR},
    "secret-detail": {"GET": READER},
    "secret-set": {"POST": CONTRIBUTOR},
    "secret-describe": {"POST": CONTRIBUTOR},
    "secret-delete": {"POST": CONTRIBUTOR},
    "connection-list": {"GET": READER},
    "connection-new": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "connection-detail": {"GET": READER},
    "connection-edit": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "connection-delete": {"POST": CONTRIBUTOR},
    "api-connections": {"GET": READER, "POST": CONTRIBUTOR},
    "api-connection": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-secrets": {"GET": READER, "POST": CONTRIBUTOR},
    "api-secret": {"GET": READER, "PUT": CONTRIBUTOR, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
}
CHOSEN_BY_CALLER: set[str] = {
    "api-secret",
}
MEANS: dict[str, dict[str, str]] = {
    **{
        name: {"name": "connection_name" if "connection" in name else "secret_name"}
        for name in SECRETS
        if name not in {"secret-list", "api-secrets", "connection-list", "connection-new", "api-connections"}
    },
}
