"""The part of the guard's table about the pages of endpoints."""

from tests.guard.levels import CONTRIBUTOR, READER, Entry

PAGES: dict[str, Entry] = {
    "endpoint-list": {"GET": READER},
    "endpoint-new": {"GET": CONTRIBUTOR},
    "endpoint-choices": {"GET": CONTRIBUTOR},
    "endpoint-code": {"POST": CONTRIBUTOR},
    "endpoint-detail": {"GET": READER},
    "endpoint-deploy": {"GET": CONTRIBUTOR},
    "endpoint-edit": {"POST": CONTRIBUTOR},
    "endpoint-delete": {"POST": CONTRIBUTOR},
    "endpoint-traffic": {"POST": CONTRIBUTOR},
    "endpoint-rollback": {"POST": CONTRIBUTOR},
    "endpoint-test": {"GET": READER},
    "endpoint-send": {"POST": CONTRIBUTOR},
    "endpoint-metrics": {"GET": READER},
    "endpoint-series": {"GET": READER},
    "endpoint-monitoring": {"GET": READER},
    "endpoint-lineage": {"GET": READER},
    "endpoint-logs": {"GET": READER},
    "endpoint-keys": {"GET": CONTRIBUTOR},
    "endpoint-keys-show": {"POST": CONTRIBUTOR},
    "endpoint-key-regenerate": {"POST": CONTRIBUTOR},
    "endpoint-token": {"POST": CONTRIBUTOR},
    "deployment-detail": {"GET": READER},
    "deployment-log": {"GET": READER},
    "deployment-collector": {"POST": CONTRIBUTOR},
    "deployment-drift": {"POST": CONTRIBUTOR},
    "deployment-drift-delete": {"POST": CONTRIBUTOR},
    "deployment-scale": {"POST": CONTRIBUTOR},
    "deployment-restart": {"POST": CONTRIBUTOR},
    "deployment-rollback": {"POST": CONTRIBUTOR},
    "deployment-delete": {"POST": CONTRIBUTOR},
}
MEANS: dict[str, dict[str, str]] = {
    name: {"name": "endpoint_name", "deployment": "deployment_name", "pk": "drift_report_id"}
    for name in PAGES
    if name not in {"endpoint-list", "endpoint-new", "endpoint-choices", "endpoint-code"}
}
