"""Logged models, and what a run read and made, as MLflow's clients expect them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from runs.logged_models.models import LoggedModelMetric, ModelState
from runs.logged_models.queries import InputsOutputs, ModelDetail, ModelUse
from runs.mlflow_api.artifacts import locations
from runs.tracking.data_inputs import Dataset, RunDataset

# The tag that names the run of another server which made a model.
FOREIGN_RUN = "atelier.source_run_id"

STATUS = {
    ModelState.PENDING: "LOGGED_MODEL_PENDING",
    ModelState.READY: "LOGGED_MODEL_READY",
    ModelState.FAILED: "LOGGED_MODEL_UPLOAD_FAILED",
}
# The words and numbers a client may send.
STATES: dict[Any, str] = {
    **{word: str(state) for state, word in STATUS.items()},
    **{str(state): str(state) for state in ModelState},
    **{number: state for number, state in ((1, "PENDING"), (2, "READY"), (3, "FAILED"))},
    **{number: state for number, state in (("1", "PENDING"), ("2", "READY"), ("3", "FAILED"))},
}


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def model(detail: ModelDetail) -> dict[str, Any]:
    """`{"info": …, "data": …}` of a model."""
    found = detail.model
    info = {
        "model_id": found.pk,
        "experiment_id": locations.experiment_id(found.experiment),
        "name": found.name,
        "creation_timestamp_ms": millis(found.created_at),
        "last_updated_timestamp_ms": millis(found.updated_at),
        "artifact_uri": locations.of_model(found),
        "status": STATUS[ModelState(found.state)],
        "tags": pairs(detail.tags),
    }
    optional = {
        "model_type": found.model_type,
        "source_run_id": found.source_run_id or detail.tags.get(FOREIGN_RUN),
        "status_message": found.status_message,
    }
    info.update({name: value for name, value in optional.items() if value})
    return {"info": info, "data": {"params": pairs(detail.params), "metrics": [metric(one) for one in detail.metrics]}}


def metric(point: LoggedModelMetric) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "key": point.key,
        "value": number(point.value),
        "timestamp": point.time_ms,
        "step": point.step,
        "model_id": point.model_id,
        "run_id": point.run_id,
    }
    if point.dataset_name:
        shown["dataset_name"] = point.dataset_name
    if point.dataset_digest:
        shown["dataset_digest"] = point.dataset_digest
    return shown


def number(value: float | None) -> float | str:
    """A metric's value; what JSON has no number for travels as a text."""
    if value is None:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def inputs_outputs(found: InputsOutputs) -> dict[str, Any]:
    """The members `inputs` and `outputs` of a run."""
    return {
        "inputs": {
            "dataset_inputs": [dataset_input(use) for use in found.datasets],
            "model_inputs": [{"model_id": use.model_id} for use in found.models],
        },
        "outputs": {"model_outputs": _outputs(found.outputs)},
    }


def _outputs(uses: Iterable[ModelUse]) -> list[dict[str, Any]]:
    return [{"model_id": use.model_id, "step": use.step} for use in uses]


def dataset_input(use: RunDataset) -> dict[str, Any]:
    return {"dataset": dataset(use.dataset), "tags": pairs(use.tags)}


def dataset(found: Dataset) -> dict[str, Any]:
    shown = {
        "name": found.name,
        "digest": found.digest,
        "source_type": found.source_type,
        "source": found.source,
        "schema": found.schema,
        "profile": found.profile,
    }
    return {name: value for name, value in shown.items() if value or name in ("name", "digest")}
