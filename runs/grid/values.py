"""One column's value for many runs at once: what sorting, grouping and comparing stand on."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from runs.grid.columns import ATTRIBUTE, METRIC, PARAM, Column
from runs.tracking.metrics.models import MetricKey, MetricSummary
from runs.tracking.models import Param, Run, Tag
from studio.access.models import Workspace

Value = float | str | None
FEW = 5_000  # so many ids are named in the query; of more runs the whole column is read
NAMED_AT_ONCE = 500
ATTRIBUTE_FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "state": ("state",),
    "experiment": ("experiment__path",),
    "started": ("started_at",),
    "created": ("created_at",),
    "ended": ("ended_at",),
    "duration": ("started_at", "ended_at"),
    "user": ("created_by__name",),
    "source": ("source",),
    "commit": ("git",),
    "description": ("description",),
    "id": ("pk",),
    "parent": ("parent_id",),
}


def column_of(workspace: Workspace, column: Column, ids: Sequence[str]) -> dict[str, Value]:
    """The column's value by run; runs that have none are missing. Numbers are floats, NaN among them."""
    if column.kind == ATTRIBUTE:
        return _attributes(workspace, column, ids)
    if column.kind == METRIC:
        return _metrics(workspace, column, ids)
    model = Param if column.kind == PARAM else Tag
    rows = model._default_manager.filter(key=column.key)
    found: dict[str, Value] = {}
    for part in _parts(rows, workspace, ids):
        found.update(part.order_by().values_list("run_id", "value"))
    return found


def as_number(value: Value) -> float | None:
    """The number a text stands for; None when it stands for none."""
    if isinstance(value, float) or value is None:
        return value
    try:
        return float(value)
    except ValueError:
        return None


def metric_value(column: Column, row: Sequence[Any]) -> float | None:
    """A summary's aggregate from (goal, count, first, last, min, max, total, finite_count)."""
    goal, count, first, last, low, high, total, finite = row
    if column.aggregate in ("first", "last"):
        end = first if column.aggregate == "first" else last
        return math.nan if end is None and count else end
    if column.aggregate == "mean":
        return total / finite if finite else None
    if column.aggregate == "best":
        return {MetricKey.Goal.MIN.value: low, MetricKey.Goal.MAX.value: high}.get(goal)
    return low if column.aggregate == "min" else high


SUMMARY_FIELDS = ("key__goal", "count", "first", "last", "min", "max", "total", "finite_count")


def _metrics(workspace: Workspace, column: Column, ids: Sequence[str]) -> dict[str, Value]:
    key = MetricKey.objects.filter(workspace=workspace, name=column.key).values_list("pk", flat=True).first()
    if key is None:
        return {}
    found: dict[str, Value] = {}
    rows = MetricSummary.objects.filter(key=key)
    for part in _parts(rows, None, ids):
        for run_id, *row in part.values_list("run_id", *SUMMARY_FIELDS):
            value = metric_value(column, row)
            if value is not None:
                found[run_id] = value
    return found


def _attributes(workspace: Workspace, column: Column, ids: Sequence[str]) -> dict[str, Value]:
    fields = ATTRIBUTE_FIELDS[column.key]
    found: dict[str, Value] = {}
    rows = Run.objects.in_workspace(workspace).order_by()
    parts = [rows] if len(ids) > FEW else [rows.filter(pk__in=chunk) for chunk in _chunks(ids)]
    for part in parts:
        for run_id, *row in part.values_list("pk", *fields):
            value = _attribute(column.key, row)
            if value not in (None, ""):
                found[run_id] = value
    return found


def _attribute(key: str, row: list[Any]) -> Value:
    if key == "duration":
        started, ended = row
        return (ended - started).total_seconds() if started and ended else None
    if key == "commit":
        return str((row[0] or {}).get("commit") or "")
    value = row[0]
    return value.timestamp() if isinstance(value, datetime) else value


def _parts(rows: "QuerySet[Any]", workspace: Workspace | None, ids: Sequence[str]) -> "Iterator[QuerySet[Any]]":
    if len(ids) > FEW:
        yield rows if workspace is None else rows.filter(run__workspace=workspace)
        return
    for chunk in _chunks(ids):
        yield rows.filter(run_id__in=chunk)


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), NAMED_AT_ONCE):
        yield ids[start : start + NAMED_AT_ONCE]
