"""The part of the guard's table about environments."""

from tests.guard.levels import CONTRIBUTOR, READER, Entry

ENVIRONMENTS: dict[str, Entry] = {
    "environment-list": {"GET": READER},
    "environment-new": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "environment-curated": {"GET": READER},
    "environment-curated-build": {"POST": CONTRIBUTOR},
    "environment-content": {"GET": READER},
    "environment-content-build": {"POST": CONTRIBUTOR},
    "environment-build": {"GET": READER},
    "environment-build-retry": {"POST": CONTRIBUTOR},
    "environment-build-cancel": {"POST": CONTRIBUTOR},
    "environment-detail": {"GET": READER},
    "environment-edit": {"POST": CONTRIBUTOR},
    "environment-archive": {"POST": CONTRIBUTOR},
    "environment-delete": {"POST": CONTRIBUTOR},
    "environment-version": {"GET": READER},
    "environment-version-edit": {"POST": CONTRIBUTOR},
    "environment-version-archive": {"POST": CONTRIBUTOR},
    "environment-version-delete": {"POST": CONTRIBUTOR},
    "api-environments": {"GET": READER, "POST": CONTRIBUTOR},
    "api-environment": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-environment-versions": {"GET": READER},
    "api-environment-version": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-environment-version-build": {"POST": CONTRIBUTOR},
    "api-curated-environments": {"GET": READER},
    "api-environment-files": {"POST": CONTRIBUTOR},
    "api-environment-contents": {"GET": READER},
    "api-environment-content": {"GET": READER},
    "api-environment-builds": {"POST": CONTRIBUTOR},
    "api-environment-build": {"GET": READER},
    "api-environment-build-retry": {"POST": CONTRIBUTOR},
    "api-environment-build-cancel": {"POST": CONTRIBUTOR},
    "api-environment-build-log": {"GET": READER},
    "api-environment-build-log-search": {"GET": READER},
    "api-environment-build-log-raw": {"GET": READER},
}
CHOSEN_BY_CALLER = {"environment-curated", "environment-curated-build"}
MEANS: dict[str, dict[str, str]] = {
    name: {
        "name": "shipped_name" if "curated" in name else "environment_name",
        "version": "environment_ref",
        "ref": "environment_ref",
        "pk": "environment_build_id" if "environment-build" in name else "environment_id",
    }
    for name in ENVIRONMENTS
}
