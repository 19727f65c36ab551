"""Reading logged models."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Count, Sum

from runs.logged_models.models import (
    LoggedModel,
    LoggedModelFile,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelTag,
    RunModel,
)
from runs.tracking.data_inputs import RunDataset
from runs.tracking.models import Run
from runs.tracking.queries import data_inputs
from studio.id_lists import listed


@dataclass(frozen=True, slots=True)
class ModelDetail:
    """A model with what belongs to it; metrics by (key, dataset), the newest last."""

    model: LoggedModel
    params: dict[str, str]
    tags: dict[str, str]
    metrics: list[LoggedModelMetric]


@dataclass(frozen=True, slots=True)
class ModelUse:
    """That a run read or made a model, at a step of it."""

    model_id: str
    step: int


@dataclass(slots=True)
class InputsOutputs:
    """What a run read and made."""

    datasets: list[RunDataset] = field(default_factory=list)
    models: list[ModelUse] = field(default_factory=list)  # read
    outputs: list[ModelUse] = field(default_factory=list)  # made


NOTHING = InputsOutputs()


def inputs_outputs(run_ids: Sequence[str]) -> dict[str, InputsOutputs]:
    """What these runs read and made, by run id and by two queries; a run with neither is left out."""
    found: dict[str, InputsOutputs] = defaultdict(InputsOutputs)
    for run_id, uses in data_inputs.datasets_of_runs(run_ids).items():
        found[run_id].datasets = uses
    rows = RunModel.objects.filter(run__in=listed(run_ids)).order_by("id")
    for run_id, model_id, direction, step in rows.values_list("run_id", "model_id", "direction", "step"):
        here = found[run_id]
        (here.outputs if direction == RunModel.Direction.OUTPUT else here.models).append(ModelUse(model_id, step))
    return dict(found)


def details(models: Iterable[LoggedModel]) -> list[ModelDetail]:
    """Models with parameters, tags and metrics, by three queries however many they are."""
    found = {model.pk: ModelDetail(model, {}, {}, []) for model in models}
    for model_id, key, value in _pairs(LoggedModelParam, found):
        found[model_id].params[key] = value
    for model_id, key, value in _pairs(LoggedModelTag, found):
        found[model_id].tags[key] = value
    for metric in LoggedModelMetric.objects.filter(model__in=list(found)).order_by("time_ms", "step", "id"):
        found[metric.model_id].metrics.append(metric)
    return list(found.values())


def _pairs(table: Any, model_ids: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    rows = table.objects.filter(model__in=list(model_ids)).order_by("key")
    return cast("Iterable[tuple[str, str, str]]", rows.values_list("model_id", "key", "value"))


def detail(model: LoggedModel) -> ModelDetail:
    return details([model])[0]


def latest_metrics(metrics: Iterable[LoggedModelMetric]) -> list[LoggedModelMetric]:
    """The newest point of each metric on each dataset, by name."""
    newest = {(metric.key, metric.dataset_name, metric.dataset_digest): metric for metric in metrics}
    return [newest[key] for key in sorted(newest)]


def file_totals(model_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """How many files each of these models has, and their bytes; one without any is left out."""
    rows = LoggedModelFile.objects.filter(model__in=list(model_ids)).order_by().values("model_id")
    totals = rows.annotate(count=Count("pk"), bytes=Sum("size"))
    return {row["model_id"]: (row["count"], row["bytes"]) for row in totals}


def models_of_run(run: Run) -> tuple[list[tuple[LoggedModel, int]], list[tuple[LoggedModel, int]]]:
    """The models a run read and those it made, each with the step; what it created counts as made."""
    uses = RunModel.objects.filter(run=run, model__deleted_at=None).select_related("model").order_by("id")
    read: list[tuple[LoggedModel, int]] = []
    made: list[tuple[LoggedModel, int]] = []
    for use in uses:
        (made if use.direction == RunModel.Direction.OUTPUT else read).append((use.model, use.step))
    known = {model.pk for model, _ in made}
    others = LoggedModel.objects.filter(source_run=run, deleted_at=None).exclude(pk__in=known).order_by("created_at")
    return read, [*made, *((model, 0) for model in others)]
