"""The part of the guard's table about endpoints."""

from typing import Any

from tests.guard.levels import CONTRIBUTOR, READER, Entry

API: dict[str, Entry] = {
    "api-endpoints": {"GET": READER, "POST": CONTRIBUTOR},
    "api-endpoint-check": {"POST": CONTRIBUTOR},
    "api-endpoint": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-endpoint-traffic": {"GET": READER, "PUT": CONTRIBUTOR},
    "api-endpoint-rollback": {"POST": CONTRIBUTOR},
    "api-endpoint-keys": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "api-endpoint-token": {"POST": CONTRIBUTOR},
    "api-endpoint-invoke": {"POST": CONTRIBUTOR},
    "api-endpoint-metrics": {"GET": READER},
    "api-endpoint-openapi": {"GET": READER},
    "api-deployments": {"GET": READER, "POST": CONTRIBUTOR},
    "api-deployment": {"GET": READER, "PUT": CONTRIBUTOR, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-deployment-restart": {"POST": CONTRIBUTOR},
    "api-deployment-revisions": {"GET": READER},
    "api-deployment-rollback": {"POST": CONTRIBUTOR},
    "api-deployment-logs": {"GET": READER},
    "api-deployment-events": {"GET": READER},
    "api-deployment-metrics": {"GET": READER},
    "api-deployment-instances": {"GET": READER},
    "api-deployment-collector": {"GET": READER, "PUT": CONTRIBUTOR},
    "api-drift-reports": {"GET": READER, "POST": CONTRIBUTOR},
    "api-drift-report": {"GET": READER, "DELETE": CONTRIBUTOR},
}
BODIES: dict[tuple[str, str], Any] = {
    ("api-endpoint-check", "POST"): {"file_name": "endpoint.yml", "text": "name: scoring"},
}
READING: set[tuple[str, str]] = {("api-endpoint-check", "POST")}
MEANS: dict[str, dict[str, str]] = {
    name: {
        "name": "endpoint_name",
        "deployment": "deployment_name",
        "number": "revision_number",
        "pk": "drift_report_id",
    }
    for name in API
    if name not in {"api-endpoints", "api-endpoint-check"}
}
