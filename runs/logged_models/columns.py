"""What logged models are searched and sorted by, and where it stands in SQL."""

from dataclasses import dataclass

from runs.logged_models.models import LoggedModel, LoggedModelMetric
from studio.search import Attribute, Family, Fields, Kind
from studio.search.fields import ATTRIBUTES
from studio.search.sql import Sql

MODELS = f'"{LoggedModel._meta.db_table}" m'
METRICS = f'"{LoggedModelMetric._meta.db_table}" x'

TIMES = {"creation_time": "m.created_at", "last_updated_time": "m.updated_at"}
TEXTS = {
    "name": "m.name",
    "model_id": "m.id",
    "model_type": "m.model_type",
    "status": "m.state",
    "status_message": "m.status_message",
    "source_run_id": "m.source_run_id",
    "experiment_id": "CAST(m.experiment_id AS varchar)",
}
FIELDS = Fields(
    families=(
        Family(
            ATTRIBUTES,
            "attribute",
            keys=(
                *(Attribute(name) for name in TEXTS),
                Attribute("creation_time", Kind.TIME, ("creation_timestamp", "creation_timestamp_ms", "created")),
                Attribute(
                    "last_updated_time", Kind.TIME, ("last_updated_timestamp", "last_updated_timestamp_ms", "updated")
                ),
            ),
        ),
        Family("metrics", "metric", Kind.NUMBER),
        Family("params", "parameter", Kind.VALUE),
        Family("tags", "tag"),
    ),
    aliases=(("attribute", ATTRIBUTES), ("metric", "metrics"), ("param", "params"), ("tag", "tags")),
)


@dataclass(frozen=True, slots=True)
class OnDataset:
    """Only what was measured on this dataset; any digest when there is none."""

    name: str
    digest: str = ""


def of_dataset(dataset: OnDataset) -> Sql:
    """The condition on a metric `x`."""
    if not dataset.digest:
        return Sql("x.dataset_name = %s", (dataset.name,))
    return Sql("x.dataset_name = %s AND x.dataset_digest = %s", (dataset.name, dataset.digest))
