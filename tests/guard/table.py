"""Every URL of the studio by name, with the least role each of its methods needs.

A URL without an entry fails the guard. Add yours to its feature's part; give a body in BODIES when an empty one would not
reach past the access line.
"""

from typing import Any

ANYONE = "anyone"
SIGNED_IN = "signed-in"
READER = "reader"
CONTRIBUTOR = "contributor"
OWNER = "owner"
RUNNER = "runner"  # no person: a job's own token; whoever sees the job gets 403

LEVELS = [ANYONE, SIGNED_IN, READER, CONTRIBUTOR, OWNER, RUNNER]

Entry = dict[str, str]

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
WORKSPACES: dict[str, Entry] = {
    "workspace-list": {"GET": SIGNED_IN, "POST": SIGNED_IN},  # who may create is tested beside the view
    "workspace-settings": {"GET": OWNER, "POST": OWNER},
    "member-list": {"GET": READER},
    "member-leave": {"POST": READER},
    "member-role": {"POST": OWNER},
    "member-remove": {"POST": OWNER},
    "invitation-create": {"POST": OWNER},
    "invitation-withdraw": {"POST": OWNER},
    "invitation-accept": {"GET": ANYONE, "POST": ANYONE},
    "api-workspaces": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "api-workspace": {"GET": READER, "PATCH": OWNER},
    "api-members": {"GET": READER},
    "api-member": {"PATCH": OWNER, "DELETE": OWNER},
    "api-invitations": {"GET": OWNER, "POST": OWNER},
    "api-invitation": {"DELETE": OWNER},
}
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
COMPUTE: dict[str, Entry] = {
    "compute-list": {"GET": READER},
    "compute-detail": {"GET": READER},
    "compute-resize": {"POST": OWNER},
    "compute-pause": {"POST": OWNER},
    "compute-resume": {"POST": OWNER},
    "api-compute": {"GET": READER},
    "api-compute-target": {"GET": READER, "PATCH": OWNER},
    "api-job-spec": {"GET": RUNNER},
    "api-job-state": {"POST": CONTRIBUTOR},
    "api-job-heartbeat": {"POST": CONTRIBUTOR},
    "api-job-log": {"POST": CONTRIBUTOR},
    "api-job-finish": {"POST": CONTRIBUTOR},
}
REGISTRY: dict[str, Entry] = {
    "api-environments": {"GET": READER},
    "api-environment": {"GET": READER},
}
RUNS: dict[str, Entry] = {
    "experiment-list": {"GET": READER},
    "experiment-create": {"POST": CONTRIBUTOR},
    "experiment-edit": {"POST": CONTRIBUTOR},
    "experiment-detail": {"GET": READER},
    "run-list": {"GET": READER},
    "grid-export": {"POST": READER},
    "run-new": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "run-new-convert": {"POST": CONTRIBUTOR},
    "run": {"GET": READER},
    "run-overview": {"GET": READER},
    "run-head": {"GET": READER},
    "run-charts": {"GET": READER},
    "run-system": {"GET": READER},
    "run-logs": {"GET": READER},
    "run-log-raw": {"GET": READER},
    "run-artifacts": {"GET": READER},
    "run-artifact-preview": {"GET": READER},
    "run-artifact-raw": {"GET": READER},
    "run-artifacts-zip": {"GET": READER},
    "run-code": {"GET": READER},
    "run-code-file": {"GET": READER},
    "run-code-zip": {"GET": READER},
    "run-stop": {"POST": CONTRIBUTOR},
    "run-start": {"POST": CONTRIBUTOR},
    "run-edit": {"POST": CONTRIBUTOR},
    "run-archive": {"POST": CONTRIBUTOR},
    "compare": {"GET": READER},
    "charts": {"GET": READER},
    "chart-catalogue": {"GET": READER},
    "chart-lines": {"GET": READER},
    "chart-values": {"GET": READER},
    "metric-keys": {"GET": READER},
    "metric-points": {"GET": READER},
    "metrics-csv": {"GET": READER},
    "api-grid-window": {"POST": READER},
    "api-grid-rows": {"POST": READER},
    "api-grid-keys": {"GET": READER},
    "api-grid-look": {"POST": READER},
    "api-grid-export": {"POST": READER},
    "api-views": {"GET": READER, "POST": READER},
    "api-view": {"GET": READER, "PATCH": READER, "DELETE": READER},
    "api-experiments": {"GET": READER, "POST": CONTRIBUTOR},
    "api-experiment": {"GET": READER, "PATCH": CONTRIBUTOR},
    "api-runs": {"GET": READER, "POST": CONTRIBUTOR},
    "api-runs-check": {"POST": CONTRIBUTOR},
    "api-runs-start": {"POST": CONTRIBUTOR},
    "api-runs-bulk": {"POST": CONTRIBUTOR},
    "api-runs-compare": {"GET": READER},
    "api-imports-runs": {"POST": CONTRIBUTOR},
    "api-imports-known": {"POST": READER},
    "api-imports-done": {"POST": CONTRIBUTOR},
    "api-run": {"GET": READER, "PATCH": CONTRIBUTOR},
    "api-run-submit": {"POST": CONTRIBUTOR},
    "api-run-stop": {"POST": CONTRIBUTOR},
    "api-run-clone": {"POST": CONTRIBUTOR},
    "api-run-finish": {"POST": CONTRIBUTOR},
    "api-run-artifacts": {"GET": READER},
    "api-run-artifacts-zip": {"GET": READER},
    "api-run-artifact": {"GET": READER, "PUT": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-run-code": {"GET": READER},
    "api-run-code-zip": {"GET": READER},
    "api-run-code-diff": {"GET": READER},
    "api-run-code-file": {"GET": READER},
    "api-run-events": {"GET": READER},
    "api-run-system": {"GET": READER},
    "api-snapshot": {"GET": READER, "PUT": CONTRIBUTOR},
    "api-blob": {"GET": READER, "PUT": CONTRIBUTOR},
    "api-metric-keys": {"GET": READER},
    "api-metric-buckets": {"GET": READER},
    "api-ingest": {"POST": CONTRIBUTOR},
    "api-run-metrics": {"GET": READER},
    "api-run-points": {"GET": READER},
    "api-run-buckets": {"GET": READER},
    "api-run-log": {"GET": READER},
    "api-run-log-search": {"GET": READER},
    "api-run-log-raw": {"GET": READER},
}
MLFLOW_TRACKING: dict[str, Entry] = {
    "mlflow-version": {"GET": READER},
    "mlflow-health": {"GET": READER},
    "mlflow-server-info": {"GET": READER},
    "mlflow-unknown": {"GET": READER, "POST": READER, "PUT": READER, "PATCH": READER, "DELETE": READER},
    "mlflow-workspaces": {"GET": READER, "POST": OWNER},
    "mlflow-workspace": {"GET": READER, "PATCH": OWNER},
    "mlflow-experiment-create": {"POST": CONTRIBUTOR},
    "mlflow-experiment-get": {"GET": READER},
    "mlflow-experiment-get-by-name": {"GET": READER},
    "mlflow-experiment-search": {"GET": READER, "POST": READER},
    "mlflow-experiment-update": {"POST": CONTRIBUTOR},
    "mlflow-experiment-delete": {"POST": CONTRIBUTOR},
    "mlflow-experiment-restore": {"POST": CONTRIBUTOR},
    "mlflow-experiment-set-tag": {"POST": CONTRIBUTOR},
    "mlflow-experiment-delete-tag": {"POST": CONTRIBUTOR},
    "mlflow-run-create": {"POST": CONTRIBUTOR},
    "mlflow-run-get": {"GET": READER},
    "mlflow-run-search": {"POST": READER},
    "mlflow-run-update": {"POST": CONTRIBUTOR},
    "mlflow-run-delete": {"POST": CONTRIBUTOR},
    "mlflow-run-restore": {"POST": CONTRIBUTOR},
    "mlflow-run-log-metric": {"POST": CONTRIBUTOR},
    "mlflow-run-log-parameter": {"POST": CONTRIBUTOR},
    "mlflow-run-log-batch": {"POST": CONTRIBUTOR},
    "mlflow-run-set-tag": {"POST": CONTRIBUTOR},
    "mlflow-run-delete-tag": {"POST": CONTRIBUTOR},
    "mlflow-run-log-model": {"POST": CONTRIBUTOR},
    "mlflow-metric-history": {"GET": READER},
    "mlflow-metric-history-bulk": {"GET": READER},
    "mlflow-metric-history-bulk-interval": {"GET": READER},
}
TABLE: dict[str, Entry] = {**ACCOUNTS, **WORKSPACES, **BASE, **COMPUTE, **REGISTRY, **RUNS, **MLFLOW_TRACKING}

# (name, method) → what is sent, where nothing would be refused before anybody asks who is calling.
BODIES: dict[tuple[str, str], Any] = {
    ("api-runs-bulk", "POST"): {"ids": ["222222222222"], "action": "archive"},
}
# What is posted and only reads.
READING: set[tuple[str, str]] = {
    ("mlflow-experiment-search", "POST"),
    ("mlflow-run-search", "POST"),
}
# Names in the path that are a caller's own choice, not a row of the other workspace.
CHOSEN_BY_CALLER = {"api-snapshot", "api-blob"}
# What the name in a path means, where the table of `scene.names` does not know it by itself.
MEANS: dict[str, dict[str, str]] = {
    "api-experiment": {"pk": "experiment_id"},
    "mlflow-workspace": {"name": "workspace"},
    "experiment-detail": {"path": "experiment_path"},
    "experiment-edit": {"path": "experiment_path"},
    "api-run-artifact": {"path": "artifact_path"},
    "api-run-code-file": {"path": "artifact_path"},
    "api-job-spec": {"pk": "job_id"},
    "api-job-state": {"pk": "job_id"},
    "api-job-heartbeat": {"pk": "job_id"},
    "api-job-log": {"pk": "job_id"},
    "api-job-finish": {"pk": "job_id"},
    "api-environment": {"pk": "environment_id"},
    "compute-detail": {"name": "target_name"},
    "compute-resize": {"name": "target_name"},
    "compute-pause": {"name": "target_name"},
    "compute-resume": {"name": "target_name"},
    "api-compute-target": {"name": "target_name"},
    "sign-in-link": {"secret": "unknown_secret"},
    "invitation-accept": {"secret": "unknown_secret"},
}
