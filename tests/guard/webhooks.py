"""The part of the guard's table about webhooks."""

from tests.guard.levels import OWNER, Entry

WEBHOOKS: dict[str, Entry] = {
    "webhook-list": {"GET": OWNER, "POST": OWNER},
    "webhook-detail": {"GET": OWNER},
    "webhook-edit": {"POST": OWNER},
    "webhook-switch": {"POST": OWNER},
    "webhook-test": {"POST": OWNER},
    "webhook-delete": {"POST": OWNER},
    "webhook-redeliver": {"POST": OWNER},
    "api-webhooks": {"GET": OWNER, "POST": OWNER},
    "api-webhook": {"GET": OWNER, "PATCH": OWNER, "DELETE": OWNER},
    "api-webhook-test": {"POST": OWNER},
    "api-webhook-deliveries": {"GET": OWNER},
    "api-webhook-redeliver": {"POST": OWNER},
}
