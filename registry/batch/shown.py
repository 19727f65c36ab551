"""Rows as REST answers them."""

from typing import Any

from registry.batch import finalizing, queries
from registry.batch.models import BatchDeployment, BatchEndpoint, BatchJob, BatchWorker


def endpoint(row: BatchEndpoint) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "tags": row.tags,
        "defaults": {"deployment_name": row.default_deployment},
        "deployments": [each.name for each in row.deployments.all()],
        "url": row.get_absolute_url(),
        "created_by": _who(row),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def deployment(row: BatchDeployment) -> dict[str, Any]:
    """Azure's fields; `settings` as they hold, with their defaults."""
    kept = dict(row.options)
    variables = kept.pop("environment_variables", {})
    return {
        "id": row.pk,
        "name": row.name,
        "endpoint_name": row.endpoint.name,
        "is_default": row.endpoint.default_deployment == row.name,
        "description": row.description,
        "tags": row.tags,
        "model": f"{row.model_version.model.name}:{row.model_version.number}",
        "code": row.code.sha256 if row.code else "",
        "scoring_script": row.scoring_script,
        "environment": row.environment.digest if row.environment else "",
        "compute": row.target.name if row.target else "",
        "settings": kept,
        "environment_variables": variables,
        "created_by": _who(row),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def job(row: BatchJob) -> dict[str, Any]:
    kept = dict(row.options)
    for inner in ("mode", "reading"):
        kept.pop(inner, None)
    path = finalizing.file_path(row)
    store = row.output_datastore
    folder = row.output_path.strip("/")
    return {
        "id": row.pk,
        "endpoint_name": row.title.partition("/")[0],
        "deployment_name": row.title.partition("/")[2],
        "state": row.state,
        "problem": row.problem,
        "input": row.input,
        "settings": {name: value for name, value in kept.items() if name != "environment_variables"},
        "items": {"total": row.item_total, "done": row.item_done, "failed": row.item_failed},
        "rows": row.row_total,
        "output": {
            "datastore": store.name if store else "",
            "folder": folder,
            "path": path,
            "uri": f"azureml://datastores/{store.name}/paths/{path}" if store and path else "",
            "data_version": str(row.options.get("output_version", "")),
        },
        "url": row.get_absolute_url(),
        "created_by": _who(row),
        "created_at": row.created_at,
        "ended_at": row.ended_at,
    }


def job_with_parts(row: BatchJob) -> dict[str, Any]:
    """One job with its workers and how its parts stand."""
    counts = queries.part_counts(row)
    return {
        **job(row),
        "parts": {state: counts.get(state, 0) for state in ("waiting", "taken", "done", "failed")},
        "workers": [worker(each) for each in queries.workers_of(row)],
    }


def worker(row: BatchWorker) -> dict[str, Any]:
    job = row.job
    target = job.target.name if job.target else ""
    return {"job": job.pk, "state": job.state, "compute": target, "message": job.message}


def _who(row: BatchEndpoint | BatchDeployment | BatchJob) -> str:
    return row.created_by.email if row.created_by else ""
