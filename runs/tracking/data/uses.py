"""Which runs read a version: one that was read is not deleted while the run's record is kept."""

from collections.abc import Sequence

from registry.data.assets.models import DataVersion
from runs.tracking.models import RunInput

MOST_NAMED = 5


def of(versions: Sequence[DataVersion]) -> list[str]:
    """One sentence for each run that read one of these versions, the first few of them."""
    rows = RunInput.objects.filter(data_version__in=[version.pk for version in versions])
    found = rows.select_related("run", "data_version__asset").order_by("-run__created_at", "name")
    return [_sentence(row) for row in found[:MOST_NAMED]]


def _sentence(row: RunInput) -> str:
    where = ", which is in the trash," if row.run.deleted_at is not None else ""
    return f"The run {row.run.name} ({row.run_id}){where} read {row.data_version}."
