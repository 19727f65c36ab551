"""Runs as MLflow's JSON, built from plain rows: a page of a thousand runs makes no object of ours."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runs.logged_models import queries as logged_models
from runs.mlflow_api.logged_models import shapes as model_shapes
from runs.mlflow_api.tracking import finding, times, well_known
from runs.tracking.models import Experiment, Run, RunState
from runs.tracking.search import Record, RunRow, records
from runs.tracking.search.fields import MLFLOW_STATUS
from runs.tracking.services.experiments import DEFAULT_PATH
from studio.accounts.models import User

ARTIFACTS = "mlflow-artifacts:/"
STATES = {
    "RUNNING": RunState.RUNNING,
    "SCHEDULED": RunState.CREATED,
    "FINISHED": RunState.COMPLETED,
    "FAILED": RunState.FAILED,
    "KILLED": RunState.CANCELED,
}
STATUSES = {str(state): status for state, status in MLFLOW_STATUS.items()}
_AT_ONCE = 5_000
Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """What runs show of their experiment."""

    experiment_id: str
    location: str


def runs_of(ids: Sequence[str]) -> Iterator[Item]:
    """The runs of these ids in this order; those that are gone meanwhile are left out."""
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        found = records(some)
        places = _places({record.run.experiment_id for record in found})
        people = _people({record.run.created_by_id or 0 for record in found})
        uses = logged_models.inputs_outputs(some)
        for record in found:
            used = uses.get(record.run.id, logged_models.NOTHING)
            person = people.get(record.run.created_by_id or 0, "unknown")
            yield {**_run(record, places[record.run.experiment_id], person), **model_shapes.inputs_outputs(used)}


def one(run_id: str) -> Item:
    """One run that is known to be there."""
    return next(runs_of([run_id]))


def of_new(run: Run, tags: Mapping[str, str], person: User) -> Item:
    """A run that was made this moment, of what is known of it: nothing is asked for."""
    row = RunRow(**{name: getattr(run, name) for name in RunRow._fields})
    shown_id = experiment_id(run.experiment_id, run.experiment.path)
    place = Place(shown_id, artifact_location(shown_id, run.experiment.artifact_location))
    record = Record(row, params=[], tags=sorted(tags.items()), metrics=[])
    return {**_run(record, place, person.email), **model_shapes.inputs_outputs(logged_models.NOTHING)}


def experiment_id(pk: int, path: str) -> str:
    """An experiment's id as clients know it."""
    return finding.DEFAULT_ID if path == DEFAULT_PATH else str(pk)


def artifact_location(shown_id: str, location: str) -> str:
    """Where an experiment's artifacts are, for the client: the studio's proxy, or the outside address it was given."""
    return location.rstrip("/") or f"{ARTIFACTS}{shown_id}"


def number(value: float | None) -> float | str:
    """A metric's value as JSON can hold it; None stands for not a number."""
    if value is None or math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _run(record: Record, place: Place, person: str) -> Item:
    run = record.run
    tags = well_known.shown(dict(record.tags), run, person)
    info = {
        "run_uuid": run.id,
        "run_id": run.id,
        "run_name": run.name,
        "experiment_id": place.experiment_id,
        "user_id": tags.get(well_known.USER, "unknown"),
        "status": STATUSES[run.state],
        "start_time": times.to_ms(run.started_at or run.created_at),
        "artifact_uri": f"{place.location}/{run.id}/artifacts",
        "lifecycle_stage": "deleted" if run.deleted_at else "active",
    }
    if run.ended_at is not None:
        info["end_time"] = times.to_ms(run.ended_at)
    data = {
        "metrics": [
            {"key": key, "value": number(value), "timestamp": time_ms, "step": step}
            for key, value, step, time_ms in record.metrics
        ],
        "params": [{"key": key, "value": value} for key, value in record.params],
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
    }
    return {"info": info, "data": data}


def _places(ids: set[int]) -> dict[int, Place]:
    rows = Experiment.objects.filter(pk__in=ids).values_list("pk", "path", "artifact_location")
    found = {}
    for pk, path, location in rows:
        shown_id = experiment_id(pk, path)
        found[pk] = Place(shown_id, artifact_location(shown_id, location))
    return found


def _people(ids: set[int]) -> dict[int, str]:
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "email"))
