"""The part of the guard's table about what every page has: activity, notifications, lineage, health."""

from tests.guard.levels import ANYONE, READER, SIGNED_IN, Entry

BASE: dict[str, Entry] = {
    "root": {"GET": SIGNED_IN},
    "home": {"GET": READER},
    "activity-list": {"GET": READER},
    "activity-tray": {"GET": READER},
    "notification-list": {"GET": SIGNED_IN},
    "notification-panel": {"GET": SIGNED_IN},
    "notification-read": {"POST": SIGNED_IN},
    "notification-open": {"GET": SIGNED_IN},
    "api-activities": {"GET": READER},
    "api-lineage": {"GET": READER},
    "api-activity": {"GET": READER},
    "api-events": {"GET": READER},
    "api-notifications": {"GET": SIGNED_IN},
    "api-notifications-read": {"POST": SIGNED_IN},
    "api-schema": {"GET": SIGNED_IN},
    "api-docs": {"GET": SIGNED_IN},
    "ui-page": {"GET": SIGNED_IN},
    "healthz": {"GET": ANYONE},
    "readyz": {"GET": ANYONE},
}
