"""The part of the guard's table about edge devices."""

from tests.guard.levels import ANYONE, CONTRIBUTOR, READER, RUNNER, Entry

API: dict[str, Entry] = {
    "api-devices": {"GET": READER, "POST": CONTRIBUTOR},
    "api-device": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-device-code": {"POST": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-device-events": {"GET": READER},
    "api-device-manifest": {"GET": READER},
    "api-device-modules": {"GET": READER, "POST": CONTRIBUTOR},
    "api-device-module": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-device-module-rollback": {"POST": CONTRIBUTOR},
}
# The code is all that is asked for; the others want the token of a device, which no person has.
AGENTS: dict[str, Entry] = {
    "api-edge-enroll": {"POST": ANYONE},
    "api-edge-desired": {"GET": RUNNER},
    "api-edge-report": {"POST": RUNNER},
    "api-edge-image": {"GET": RUNNER},
    "api-edge-image-part": {"GET": RUNNER},
    "api-edge-image-archive": {"GET": RUNNER},
}
PAGES: dict[str, Entry] = {
    "device-list": {"GET": READER},
    "device-new": {"POST": CONTRIBUTOR},
    "device-deploy": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "device-detail": {"GET": READER},
    "device-edit": {"POST": CONTRIBUTOR},
    "device-code": {"POST": CONTRIBUTOR},
    "device-revoke": {"POST": CONTRIBUTOR},
    "device-delete": {"POST": CONTRIBUTOR},
    "device-manifest": {"GET": READER},
    "device-module": {"POST": CONTRIBUTOR},
}
MEANS: dict[str, dict[str, str]] = (
    {name: {"name": "device_name", "module": "module_name"} for name in API if name != "api-devices"}
    | {name: {"name": "device_name", "module": "module_name"} for name in PAGES}
    | {name: {"version": "edge_version"} for name in AGENTS if name.startswith("api-edge-image")}
)
