"""Datasets of runs and of experiments, as they are shown and searched."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runs.tracking.data_inputs import Dataset, RunDataset
from runs.tracking.models import Run
from studio.id_lists import listed


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    experiment_id: int
    name: str
    digest: str
    context: str


def datasets_of(run: Run) -> list[RunDataset]:
    """What the run read, in the order it said so, each with its dataset."""
    return list(RunDataset.objects.filter(run=run).select_related("dataset"))


def datasets_of_runs(run_ids: Sequence[str]) -> dict[str, list[RunDataset]]:
    """The same for many runs by one query; runs without any are left out."""
    found: dict[str, list[RunDataset]] = defaultdict(list)
    for use in RunDataset.objects.filter(run__in=listed(run_ids)).select_related("dataset").order_by("id"):
        found[use.run_id].append(use)
    return dict(found)


def summaries(experiment_ids: Iterable[int], *, limit: int = 1000) -> list[DatasetSummary]:
    """The datasets that runs of these experiments read, once for each thing they were used for."""
    rows = (
        RunDataset.objects.filter(dataset__experiment__in=list(experiment_ids))
        .order_by("dataset__experiment", "dataset__name", "dataset__digest", "context")
        .values_list("dataset__experiment", "dataset__name", "dataset__digest", "context")
        .distinct()[:limit]
    )
    return [DatasetSummary(*row) for row in rows]


def datasets_in(experiment_id: int) -> list[Dataset]:
    """All datasets of an experiment."""
    return list(Dataset.objects.filter(experiment=experiment_id))
