"""The part of the guard's table about batch scoring."""

READER, CONTRIBUTOR, RUNNER = "reader", "contributor", "runner"
API: dict[str, dict[str, str]] = {
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
}
WORKERS: dict[str, dict[str, str]] = {
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
MEANS: dict[str, dict[str, str]] = {
    **{
        name: {"name": "batch_endpoint_name", "deployment": "batch_deployment_name", "pk": "batch_job_id"}
        for name in API
        if name not in {"api-batch-endpoints", "api-batch-check", "api-batch-jobs"}
    },
    **{
        name: {"pk": "job_id", "sha256": "digest", "path": "artifact_path", "number": "part_number"} for name in WORKERS
    },
}
