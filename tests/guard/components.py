"""The part of the guard's table about components and pipeline files."""

from tests.guard.levels import CONTRIBUTOR, READER, Entry

API: dict[str, Entry] = {
    "api-components": {"GET": READER, "POST": CONTRIBUTOR},
    "api-component-check": {"POST": CONTRIBUTOR},
    "api-component": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-component-version": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-pipeline-check": {"POST": READER},
    "api-pipeline-text": {"POST": READER},
    "api-pipeline-columns": {"POST": READER},
}
PAGES: dict[str, Entry] = {
    "component-list": {"GET": READER},
    "component-own": {"GET": READER},
    "component-detail": {"GET": READER},
    "component-version": {"GET": READER},
    "component-archive": {"POST": CONTRIBUTOR},
    "component-version-archive": {"POST": CONTRIBUTOR},
    "component-version-delete": {"POST": CONTRIBUTOR},
}
# The studio's own components are the same everywhere.
CHOSEN_BY_CALLER = {"component-own"}
MEANS: dict[str, dict[str, str]] = {
    name: {"name": "shipped_component" if name == "component-own" else "component_name", "ref": "component_ref"}
    for name in (*API, *PAGES)
}
