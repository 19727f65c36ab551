"""One column's value for many runs at once: what sorting, grouping and comparing stand on."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Func, QuerySet, TextField

from runs.grid.columns import ATTRIBUTE, METRIC, PARAM, Column
from runs.tracking.metrics.models import MetricKey, MetricSummary
from runs.tracking.models import VALUE_INDEXED, Param, Run, Tag
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
    return _texts(Param if column.kind == PARAM else Tag, column.key, ids)


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
        return {"min": low, "max": high}.get(BEST.get(goal, ""))
    return low if column.aggregate == "min" else high


BEST: dict[str, str] = {MetricKey.Goal.MIN.value: "min", MetricKey.Goal.MAX.value: "max"}
SUMMARY_FIELDS = ("key__goal", "count", "first", "last", "min", "max", "total", "finite_count")


def _metrics(workspace: Workspace, column: Column, ids: Sequence[str]) -> dict[str, Value]:
    key = MetricKey.objects.filter(workspace=workspace, name=column.key).values_list("pk", "goal").first()
    if key is None:
        return {}
    pk, goal = key
    aggregate = BEST.get(goal, "") if column.aggregate == "best" else column.aggregate
    found: dict[str, Value] = {}
    if not aggregate:
        return found
    for part in _parts(MetricSummary.objects.filter(key=pk).order_by(), ids):
        found.update(_measured(part, aggregate, len(ids) > FEW))
    return _only(found, ids)


def _measured(rows: "QuerySet[MetricSummary]", aggregate: str, is_whole: bool) -> dict[str, Value]:
    """The aggregate by run. Only what it takes is read: a whole summary of every run is most of the time of a sort."""
    if aggregate == "mean":
        sums = rows.filter(finite_count__gt=0).values_list("run_id", "total", "finite_count")
        return {run_id: total / count for run_id, total, count in sums}
    if aggregate == "last" and is_whole:  # the index of last values has it all
        found = dict(rows.exclude(last=None).values_list("run_id", "last"))
        odd = rows.filter(last=None, count__gt=0).values_list("run_id", flat=True)
        return {**found, **dict.fromkeys(odd, math.nan)}
    if aggregate in ("first", "last"):
        ends = rows.filter(count__gt=0).values_list("run_id", aggregate)
        return {run_id: math.nan if end is None else end for run_id, end in ends}
    return dict(rows.exclude(**{aggregate: None}).values_list("run_id", aggregate))


def _attributes(workspace: Workspace, column: Column, ids: Sequence[str]) -> dict[str, Value]:
    fields = ATTRIBUTE_FIELDS[column.key]
    found: dict[str, Value] = {}
    # Ids are of this workspace alone when there are many; named, the workspace beside them would slow the query down.
    whole = Run.objects.in_workspace(workspace).order_by()
    parts = [whole] if len(ids) > FEW else [Run.objects.filter(pk__in=one).order_by() for one in _chunks(ids)]
    for part in parts:
        for run_id, *row in part.values_list("pk", *fields):
            value = _attribute(column.key, row)
            if value not in (None, ""):
                found[run_id] = value
    return _only(found, ids)


def _attribute(key: str, row: list[Any]) -> Value:
    if key == "duration":
        started, ended = row
        return (ended - started).total_seconds() if started and ended else None
    if key == "commit":
        return str((row[0] or {}).get("commit") or "")
    value = row[0]
    return value.timestamp() if isinstance(value, datetime) else value


def _texts(model: type[Param] | type[Tag], key: str, ids: Sequence[str]) -> dict[str, Value]:
    rows = model._default_manager.filter(key=key).order_by()
    if len(ids) > FEW and connection.vendor == "sqlite":
        return _texts_by_index(rows, ids)
    found: dict[str, Value] = {}
    for part in _parts(rows, ids):
        found.update(part.values_list("run_id", "value"))
    return _only(found, ids)


def _texts_by_index(rows: "QuerySet[Any]", ids: Sequence[str]) -> dict[str, Value]:
    """From the index alone, which holds how each value begins; those that may be longer are read after it."""
    start = Func(F("value"), template=f"SUBSTR(%(expressions)s, 1, {VALUE_INDEXED})", output_field=TextField())
    found: dict[str, Value] = _only(dict(rows.values_list("run_id", start)), ids)
    longer = [run_id for run_id, value in found.items() if len(str(value)) >= VALUE_INDEXED]
    for chunk in _chunks(longer):
        found.update(rows.filter(run_id__in=chunk).values_list("run_id", "value"))
    return found


def _only(found: dict[str, Value], ids: Sequence[str]) -> dict[str, Value]:
    """Of a column that was read whole, the runs that are meant."""
    return {run_id: found[run_id] for run_id in ids if run_id in found}


def _parts(rows: "QuerySet[Any]", ids: Sequence[str]) -> "Iterator[QuerySet[Any]]":
    if len(ids) > FEW:
        yield rows
        return
    for chunk in _chunks(ids):
        yield rows.filter(run_id__in=chunk)


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), NAMED_AT_ONCE):
        yield list(ids[start : start + NAMED_AT_ONCE])
