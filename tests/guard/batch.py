"""The part of the guard's table about batch scoring."""

from typing import Any

from tests.guard.levels import CONTRIBUTOR, READER, RUNNER, Entry

API: dict[str, Entry] = {
    "api-batch-endpoints": {"GET": READER, "POST": CONTRIBUTOR},
    "api-batch-check": {"POST": CONTRIBUTOR},
    "api-batch-endpoint": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-batch-deployments": {"GET": READER, "POST": CONTRIBUTOR},
    "api-batch-deployment": {"GET": READER, "DELETE": CONTRIBUTOR},
    "api-batch-invoke": {"POST": CONTRIBUTOR},
    "api-batch-endpoint-jobs": {"GET": READER, "POST": CONTRIBUTOR},
    "api-batch-jobs": {"GET": READER},
    "api-batch-job": {"GET": READER},
    "api-batch-job-cancel": {"POST": CONTRIBUTOR},
    "api-batch-job-items": {"GET": READER},
    "api-batch-job-output": {"GET": READER},
    "api-batch-worker-log": {"GET": READER},
    "api-batch-worker-log-search": {"GET": READER},
    "api-batch-worker-log-raw": {"GET": READER},
}
PAGES: dict[str, Entry] = {
    "batch-endpoint-list": {"GET": READER},
    "batch-endpoint-new": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "batch-endpoint-detail": {"GET": READER},
    "batch-deploy": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "batch-invoke": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "batch-endpoint-delete": {"POST": CONTRIBUTOR},
    "batch-deployment-default": {"POST": CONTRIBUTOR},
    "batch-deployment-delete": {"POST": CONTRIBUTOR},
    "batch-job-detail": {"GET": READER},
    "batch-job-cancel": {"POST": CONTRIBUTOR},
    "batch-job-output": {"GET": READER},
    "batch-worker-log": {"GET": READER},
}
WORKERS: dict[str, Entry] = {
    "api-scoring-plan": {"GET": RUNNER},
    "api-scoring-file": {"GET": RUNNER},
    "api-scoring-input": {"GET": RUNNER},
    "api-scoring-take": {"POST": RUNNER},
    "api-scoring-rows": {"PUT": RUNNER},
    "api-scoring-problem": {"POST": RUNNER},
    "api-scoring-output": {"PUT": RUNNER},
    "api-scoring-keep": {"POST": RUNNER},
    "api-scoring-done": {"POST": RUNNER},
    "api-scoring-failed": {"POST": RUNNER},
}
NO_ROW = {"api-batch-endpoints", "api-batch-check", "api-batch-jobs", "batch-endpoint-list", "batch-endpoint-new"}
BODIES: dict[tuple[str, str], Any] = {
    ("api-batch-check", "POST"): {"file_name": "endpoint.yml", "text": "name: nightly"},
}
READING: set[tuple[str, str]] = {("api-batch-check", "POST")}
MEANS: dict[str, dict[str, str]] = {
    **{
        name: {
            "name": "batch_endpoint_name",
            "deployment": "batch_deployment_name",
            "pk": "batch_job_id",
            "number": "batch_worker_number",
        }
        for name in (*API, *PAGES)
        if name not in NO_ROW
    },
    **{
        name: {"pk": "job_id", "sha256": "digest", "path": "artifact_path", "number": "part_number"} for name in WORKERS
    },
}
