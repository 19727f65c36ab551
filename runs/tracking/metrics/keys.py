"""Metric names and the small numbers that stand for them in packed data."""

from collections.abc import Mapping, Sequence

from runs.tracking.metrics.models import MetricKey

_AT_ONCE = 500  # names in one query: SQLite counts its parameters


def key_ids(workspace_id: int, names: Sequence[str]) -> dict[str, int]:
    """The number of each name, the missing ones made. Two writers that make one name find the same number."""
    found = known_ids(workspace_id, names)
    missing = [name for name in names if name not in found]
    if missing:
        rows = [MetricKey(workspace_id=workspace_id, name=name) for name in sorted(missing)]
        MetricKey.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_AT_ONCE)
        found.update(known_ids(workspace_id, missing))
    return found


def known_ids(workspace_id: int, names: Sequence[str]) -> dict[str, int]:
    """The number of each name that has one."""
    found: dict[str, int] = {}
    for at in range(0, len(names), _AT_ONCE):
        rows = MetricKey.objects.filter(workspace_id=workspace_id, name__in=names[at : at + _AT_ONCE])
        found.update(rows.values_list("name", "id"))
    return found


def names_of(key_ids: Sequence[int]) -> Mapping[int, str]:
    """The name of each number."""
    return dict(MetricKey.objects.filter(id__in=key_ids).values_list("id", "name"))
