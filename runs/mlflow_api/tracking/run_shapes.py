"""Runs as MLflow's JSON, built from plain rows: a page of a thousand runs makes no object of ours."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from runs.mlflow_api.tracking import finding, times, well_known
from runs.tracking.metrics.models import MetricSummary
from runs.tracking.models import Param, Run, RunState, Tag
from runs.tracking.services.experiments import DEFAULT_PATH

ARTIFACTS = "mlflow-artifacts:/"
STATUSES = {
    RunState.CREATED: "SCHEDULED",
    RunState.QUEUED: "SCHEDULED",
    RunState.PREPARING: "SCHEDULED",
    RunState.RUNNING: "RUNNING",
    RunState.FINALIZING: "RUNNING",
    RunState.COMPLETED: "FINISHED",
    RunState.FAILED: "FAILED",
    RunState.CANCELED: "KILLED",
}
STATES = {
    "RUNNING": RunState.RUNNING,
    "SCHEDULED": RunState.CREATED,
    "FINISHED": RunState.COMPLETED,
    "FAILED": RunState.FAILED,
    "KILLED": RunState.CANCELED,
}
_AT_ONCE = 500
_COLUMNS = (
    "id", "name", "description", "state", "created_at", "started_at", "ended_at", "deleted_at", "source", "command",
    "git", "parent_id", "job_id", "experiment_id", "experiment__path", "experiment__artifact_location",
    "created_by__email",
)  # fmt: skip
Item = dict[str, Any]


def runs_of(ids: Sequence[str]) -> list[Item]:
    """The runs of these ids in this order; those that are gone meanwhile are left out."""
    found: dict[str, Item] = {}
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        params, tags, metrics = _params(some), _tags(some), _metrics(some)
        for row in Run.objects.filter(pk__in=some).order_by().values_list(*_COLUMNS):
            found[row[0]] = _run(row, params[row[0]], tags[row[0]], metrics[row[0]])
    return [found[run_id] for run_id in ids if run_id in found]


def one(run_id: str) -> Item:
    """One run that is known to be there."""
    return runs_of([run_id])[0]


def experiment_id(pk: int, path: str) -> str:
    """An experiment's id as clients know it."""
    return finding.DEFAULT_ID if path == DEFAULT_PATH else str(pk)


def artifact_location(shown_id: str, location: str) -> str:
    """Where an experiment's artifacts are, for the client: the studio's proxy, or the outside address it was given."""
    return location or f"{ARTIFACTS}{shown_id}"


def number(value: float | None) -> float | str:
    """A metric's value as JSON can hold it; None stands for not a number."""
    if value is None or math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _run(row: Sequence[Any], params: list[Item], stored: dict[str, str], metrics: list[Item]) -> Item:
    (run_id, name, description, state, created_at, started_at, ended_at, deleted_at, source, command, git, parent_id,
     job_id, experiment_pk, path, location, person) = row  # fmt: skip
    shown_id = experiment_id(experiment_pk, path)
    tags = well_known.shown(
        stored, name=name, description=description, parent_id=parent_id, git=git, source=source, command=command,
        has_job=job_id is not None, person=person or "unknown",
    )  # fmt: skip
    info = {
        "run_uuid": run_id,
        "run_id": run_id,
        "run_name": name,
        "experiment_id": shown_id,
        "user_id": tags.get(well_known.USER, "unknown"),
        "status": STATUSES[state],
        "start_time": times.to_ms(started_at or created_at),
        "artifact_uri": f"{artifact_location(shown_id, location)}/{run_id}/artifacts",
        "lifecycle_stage": "deleted" if deleted_at else "active",
    }
    if ended_at is not None:
        info["end_time"] = times.to_ms(ended_at)
    data = {"metrics": metrics, "params": params, "tags": [{"key": k, "value": v} for k, v in tags.items()]}
    return {"info": info, "data": data}


def _params(ids: Sequence[str]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for run_id, key, value in _ordered(Param.objects, ids).values_list("run_id", "key", "value"):
        found[run_id].append({"key": key, "value": value})
    return found


def _tags(ids: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for run_id, key, value in _ordered(Tag.objects, ids).values_list("run_id", "key", "value"):
        found[run_id][key] = value
    return found


def _metrics(ids: Sequence[str]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    rows = MetricSummary.objects.filter(run_id__in=ids, count__gt=0).order_by("run_id", "key__name")
    for run_id, key, value, time_ms, step in rows.values_list(
        "run_id", "key__name", "last", "last_time_ms", "last_step"
    ):
        found[run_id].append({"key": key, "value": number(value), "timestamp": time_ms, "step": step})
    return found


def _ordered(rows: Any, ids: Iterable[str]) -> "QuerySet[Any]":
    return rows.filter(run_id__in=ids).order_by("run_id", "key")  # type: ignore[no-any-return]
