"""The part of the guard's table about schedules."""

from typing import Any

from tests.guard.levels import ANYONE, CONTRIBUTOR, READER, Entry

API: dict[str, Entry] = {
    "api-schedules": {"GET": READER, "POST": CONTRIBUTOR},
    "api-schedule": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-schedule-pause": {"POST": CONTRIBUTOR},
    "api-schedule-resume": {"POST": CONTRIBUTOR},
    "api-schedule-fire": {"POST": CONTRIBUTOR},
    "api-schedule-backfill": {"POST": CONTRIBUTOR},
    "api-schedule-firings": {"GET": READER},
    "api-schedule-address": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "api-schedule-preview": {"POST": READER},
}
PAGES: dict[str, Entry] = {
    "schedule-list": {"GET": READER},
    "schedule-new": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "schedule-preview": {"POST": READER},
    "schedule-inputs": {"POST": CONTRIBUTOR},
    "schedule-detail": {"GET": READER},
    "schedule-edit": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "schedule-switch": {"POST": CONTRIBUTOR},
    "schedule-fire": {"POST": CONTRIBUTOR},
    "schedule-backfill": {"POST": CONTRIBUTOR},
    "schedule-address": {"POST": CONTRIBUTOR},
    "schedule-delete": {"POST": CONTRIBUTOR},
}
HOOKS: dict[str, Entry] = {"schedule-hook": {"POST": ANYONE}}
NO_ROW = {
    "api-schedules",
    "api-schedule-preview",
    "schedule-list",
    "schedule-new",
    "schedule-preview",
    "schedule-inputs",
}
BODIES: dict[tuple[str, str], Any] = {
    ("api-schedule-preview", "POST"): {"kind": "cron", "trigger": {"expression": "15 2 * * *"}},
}
READING: set[tuple[str, str]] = {
    ("api-schedule-preview", "POST"), ("schedule-preview", "POST"), ("schedule-inputs", "POST")
}  # fmt: skip
MEANS: dict[str, dict[str, str]] = {
    **{name: {"name": "schedule_name"} for name in (*API, *PAGES) if name not in NO_ROW},
    "schedule-hook": {"token": "schedule_token"},
}
