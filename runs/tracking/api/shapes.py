"""Rows as JSON."""

import signal
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone

from compute.jobs.models import Job
from registry.data.assets.models import DataVersion
from runs.tracking.data.models import RunOutput
from runs.tracking.metrics import serializers as metric_shapes
from runs.tracking.models import Experiment, Run, RunInput
from runs.tracking.queries.compare import CompareRow, Comparison
from runs.tracking.queries.failure import Failure
from runs.tracking.queries.runs import RunDetail, RunRow
from runs.tracking.queries.why import Why
from studio.accounts.models import User
from studio.storage.shelves import Entry


def person(user: User | None) -> dict[str, Any] | None:
    return None if user is None else {"id": user.pk, "name": user.name, "email": user.email}


def experiment(row: Experiment) -> dict[str, Any]:
    """An experiment with its counts (`queries.experiments.annotated`)."""
    return {
        "id": row.pk,
        "path": row.path,
        "description": row.description,
        "run_count": getattr(row, "run_total", 0),
        "last_run_at": getattr(row, "last_run_at", None),
        "is_archived": row.is_archived,
        "tags": {tag.key: tag.value for tag in row.tags.all()},
        "created_at": row.created_at,
        "url": settings.BASE_URL + row.get_absolute_url(),
    }


def run_row(row: RunRow) -> dict[str, Any]:
    """A run as lists show it."""
    metrics = {key: metric_shapes.summary(summary) for key, summary in row.metrics.items()}
    return {
        **_run(row.run),
        "child_count": row.child_count,
        "params": row.params,
        "tags": row.tags,
        "metrics": metrics,
    }


def run_detail(detail: RunDetail, row: RunRow) -> dict[str, Any]:
    """A run whole."""
    return {
        **run_row(row),
        "child_count": detail.child_count,
        "definition": detail.run.definition,
        "inputs": [_input(item) for item in detail.inputs],
        "outputs": [_output(item) for item in detail.outputs],
        "failure": _failure(detail.failure),
        "waiting": detail.waiting,
        "ancestors": [above.pk for above in detail.ancestors],
    }


def artifact(entry: Entry) -> dict[str, Any]:
    return {
        "path": entry.path,
        "is_dir": entry.is_dir,
        "size": entry.size,
        "sha256": entry.sha256,
        "content_type": entry.content_type,
        "created_at": entry.created_at,
    }


def comparison(found: Comparison, rows: list[RunRow]) -> dict[str, Any]:
    return {
        "runs": [run_row(row) for row in rows],
        "params": [_compared(row) for row in found.params],
        "metrics": [
            {
                "key": row.key,
                "values": [None if value is None else metric_shapes.summary(value) for value in row.values],
                "differs": row.differs,
            }
            for row in found.metrics
        ],
        "tags": [_compared(row) for row in found.tags],
        **{section: [_compared(row) for row in rows] for section, rows in found.surroundings.items()},
    }


def why(found: Why) -> dict[str, Any]:
    """The ranked differences of two runs."""
    return {
        "run": found.run.pk,
        "baseline": found.baseline.pk,
        "metric": found.metric,
        "here": found.here,
        "there": found.there,
        "compared": found.compared,
        "reasons": [asdict(reason) for reason in found.reasons],
    }


def _run(run: Run) -> dict[str, Any]:
    job = run.job
    return {
        "id": run.pk,
        "name": run.name,
        "description": run.description,
        "experiment": run.experiment.path,
        "state": run.state,
        "is_archived": run.is_archived,
        "source": run.source,
        "external_id": run.external_id or None,
        "parent": run.parent_id,
        "cloned_from": run.cloned_from_id,
        "created_by": person(run.created_by),
        "created_at": run.created_at,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "duration_seconds": _duration(run),
        "compute": job.target.name if job is not None and job.target is not None else None,
        "command": run.command,
        "note": run.note,
        "git": run.git,
        "exit_code": job.exit_code if job else None,
        "signal": _signal_number(job.signal) if job else None,
        "reason": job.reason if job else "",
        "message": job.message if job else "",
        "job": _job(job),
        "snapshot": run.snapshot.digest if run.snapshot_id and run.snapshot else None,
        "environment": run.environment_id,
        "url": settings.BASE_URL + run.get_absolute_url(),
    }


def _job(job: Job | None) -> dict[str, Any] | None:
    if job is None:
        return None
    return {
        "id": job.pk,
        "attempt": job.attempt,
        "state": job.state,
        "is_attached": job.is_attached,
        "compute": job.target.name if job.target else None,
        "lost_contact_at": job.lost_contact_at,
        "cancel_requested_at": job.cancel_requested_at,
        "log_size": job.log_size,
        "log_lines": job.log_lines,
    }


def _input(item: RunInput) -> dict[str, Any]:
    digest = item.snapshot.digest if item.snapshot else item.blob.sha256 if item.blob else None
    found = {"name": item.name, "type": item.type, "value": item.value, "digest": digest}
    return {**found, "uri": item.uri or None, "data_version": _data_version(item.data_version)}


def _output(item: RunOutput) -> dict[str, Any]:
    return {
        "name": item.name,
        "type": item.type,
        "uri": item.uri,
        "state": item.state,
        "problem": item.problem,
        "size": item.size,
        "file_count": item.file_count,
        "data_version": _data_version(item.data_version),
    }


def _data_version(version: DataVersion | None) -> dict[str, Any] | None:
    if version is None:
        return None
    url = settings.BASE_URL + version.get_absolute_url()
    return {"name": version.asset.name, "version": version.version, "reference": version.reference, "url": url}


def _failure(failure: Failure | None) -> dict[str, Any] | None:
    if failure is None:
        return None
    return {
        "title": failure.title,
        "detail": failure.detail,
        "hint": failure.hint,
        "lines": list(failure.lines),
        "first_line": failure.first_line,
        "signal": failure.signal,
    }


def _compared(row: CompareRow[str]) -> dict[str, Any]:
    return {"key": row.key, "values": row.values, "differs": row.differs}


def _duration(run: Run) -> float | None:
    if run.started_at is None:
        return None
    return max(((run.ended_at or timezone.now()) - run.started_at).total_seconds(), 0.0)


def _signal_number(name: str) -> int | None:
    """9 for "SIGKILL"; None for none and for what this platform does not know."""
    if name.isdigit():
        return int(name)
    found = signal.Signals.__members__.get(name)
    return int(found) if found is not None else None
