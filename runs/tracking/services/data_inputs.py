"""The datasets a run read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from runs.tracking.data_inputs import CONTEXT_TAG, Dataset, RunDataset
from runs.tracking.models import Run
from runs.tracking.services import words
from studio.accounts.models import User
from studio.errors import Invalid
from studio.live import topics
from studio.live.publish import publish

MAX_DATASETS = 1000
MAX_NAME = 500
MAX_SHORT = 36
MAX_TAG_KEY = 255
MAX_TAG_VALUE = 500
MAX_SOURCE = 1_000_000
MAX_PROFILE = 16_777_215


@dataclass(frozen=True, slots=True)
class DatasetUse:
    """A dataset as a client describes it, and what the run used it for."""

    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


def log_datasets(*, actor: User | None, run: Run, datasets: Sequence[DatasetUse]) -> list[Dataset]:
    """Record that `run` read these datasets; what is known already stays as it was told first.

    Raises Invalid before anything is written.
    """
    wanted = {(use.name, use.digest): use for use in reversed([_checked(use) for use in datasets])}
    if not wanted:
        return []
    if len(wanted) > MAX_DATASETS:
        raise Invalid("too_many", f"A run takes at most {MAX_DATASETS:,} datasets at a time.")
    with transaction.atomic():
        known = _ensure(run, wanted)
        uses = [_use(run, known[key], use) for key, use in wanted.items()]
        RunDataset.objects.bulk_create(reversed(uses), ignore_conflicts=True)
        publish(topics.run(run.pk), "status")
    return [known[key] for key in reversed(wanted)]


def _ensure(run: Run, wanted: Mapping[tuple[str, str], DatasetUse]) -> dict[tuple[str, str], Dataset]:
    rows = [
        Dataset(
            experiment_id=run.experiment_id,
            name=use.name,
            digest=use.digest,
            source_type=use.source_type,
            source=use.source,
            schema=use.schema,
            profile=use.profile,
        )
        for use in wanted.values()
    ]
    Dataset.objects.bulk_create(rows, ignore_conflicts=True)
    found = Dataset.objects.filter(
        experiment_id=run.experiment_id,
        name__in={name for name, _ in wanted},
        digest__in={digest for _, digest in wanted},
    )
    return {(dataset.name, dataset.digest): dataset for dataset in found}


def _use(run: Run, dataset: Dataset, use: DatasetUse) -> RunDataset:
    return RunDataset(run=run, dataset=dataset, context=use.tags.get(CONTEXT_TAG, ""), tags=dict(use.tags))


def _checked(use: DatasetUse) -> DatasetUse:
    words.clean_text(use.name, field="dataset name", limit=MAX_NAME, required=True)
    words.clean_text(use.digest, field="dataset digest", limit=MAX_SHORT, required=True)
    words.clean_text(use.source_type, field="dataset source type", limit=MAX_SHORT)
    words.clean_text(use.source, field="dataset source", limit=MAX_SOURCE)
    words.clean_text(use.schema, field="dataset schema", limit=MAX_SOURCE)
    words.clean_text(use.profile, field="dataset profile", limit=MAX_PROFILE)
    for key, value in use.tags.items():
        words.clean_text(key, field="dataset tag", limit=MAX_TAG_KEY, required=True)
        words.clean_text(value, field=f"dataset tag {key}", limit=MAX_TAG_VALUE)
    return use
