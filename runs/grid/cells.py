"""Visible rows with the values of the visible columns: what goes over the wire, as small as it can be."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from runs.grid import values
from runs.grid.columns import ATTRIBUTE, METRIC, PARAM, TAG, Column
from runs.grid.groups import group_cells
from runs.grid.layout import GROUP, Layout, Row
from runs.tracking.metrics.models import MetricSummary
from runs.tracking.models import Param, Run, Tag
from runs.tracking.pages import palette
from studio.access.models import Workspace

NAMED_AT_ONCE = 500
LONGEST_TEXT = 300
HEAD_FIELDS = ("pk", "name", "state", "is_archived", "job__lost_contact_at", "started_at", "ended_at")


def rows_of(
    workspace: Workspace, shown: Layout, start: int, end: int, columns: Sequence[Column]
) -> list[dict[str, Any]]:
    """The rows from `start` to `end`, in five queries at most however many they are; groups take one more a column."""
    part = shown.part(start, end)
    runs = runs_of(workspace, [row.key for row in part if row.kind != GROUP], columns)
    heads = group_cells(workspace, shown, [row for row in part if row.kind == GROUP], columns)
    found = []
    for row in part:
        if row.kind == GROUP:
            found.append(heads[row.key])
        elif row.key in runs:
            found.append({**runs[row.key], **_place(row)})
        else:
            found.append({"id": row.key, "kind": "gone", **_place(row)})
    return found


def runs_of(
    workspace: Workspace, ids: Sequence[str], columns: Sequence[Column], *, whole: bool = False
) -> dict[str, dict[str, Any]]:
    """Runs by id with their cells in the order of `columns`; an id that is no run of the workspace is missing.

    The cells are as JSON holds them, long texts cut; with `whole` they are the values themselves.
    """
    found: dict[str, dict[str, Any]] = {}
    for chunk in _chunks(ids):
        found.update(_some(workspace, chunk, columns, whole))
    return found


def wire(value: Any) -> Any:
    """A value as JSON can hold it: what is not finite travels by name."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def short(value: Any) -> Any:
    """A long text cut: a cell shows its beginning."""
    return value[:LONGEST_TEXT] + "…" if isinstance(value, str) and len(value) > LONGEST_TEXT else value


def _some(
    workspace: Workspace, ids: Sequence[str], columns: Sequence[Column], whole: bool
) -> dict[str, dict[str, Any]]:
    rows = Run.objects.filter(pk__in=ids).order_by()
    values_by_kind = {
        METRIC: _metrics(workspace, ids, columns),
        PARAM: _texts(Param, ids, [one.key for one in columns if one.kind == PARAM]),
        TAG: _texts(Tag, ids, [one.key for one in columns if one.kind == TAG]),
    }
    found = {}
    fields = _fields(columns)
    for owner, *row in rows.values_list("workspace_id", *fields):
        # Asked for in the query, SQLite would read every run of the workspace rather than these by their ids.
        if owner != workspace.pk:
            continue
        run = dict(zip(fields, row, strict=True))
        found[run["pk"]] = {**_head(run), "cells": [_shown(run, one, values_by_kind, whole) for one in columns]}
    return found


def _fields(columns: Sequence[Column]) -> list[str]:
    """What is read of a run: its head, and what the columns need; a table without the commit reads no git."""
    wanted = (field for one in columns if one.kind == ATTRIBUTE for field in values.ATTRIBUTE_FIELDS[one.key])
    return list(dict.fromkeys((*HEAD_FIELDS, *wanted)))


def _head(run: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": run["pk"],
        "kind": "run",
        "name": run["name"],
        "state": run["state"],
        "lost": run["job__lost_contact_at"] is not None,
        "archived": run["is_archived"],
        "slot": palette.slot_of(run["name"]),
        "started": wire(run["started_at"]),
        "ended": wire(run["ended_at"]),
    }


def _shown(run: dict[str, Any], column: Column, by_kind: dict[str, dict[tuple[str, Any], Any]], whole: bool) -> Any:
    value = _value(run, column, by_kind)
    return value if whole else wire(short(value))


def _value(run: dict[str, Any], column: Column, by_kind: dict[str, dict[tuple[str, Any], Any]]) -> Any:
    if column.kind == ATTRIBUTE:
        return attribute(run, column.key)
    return by_kind[column.kind].get((run["pk"], column if column.kind == METRIC else column.key))


def attribute(run: dict[str, Any], key: str) -> Any:
    """One of a run's own columns from its row."""
    if key == "duration":
        started, ended = run["started_at"], run["ended_at"]
        return (ended - started).total_seconds() if started and ended else None
    if key == "commit":
        return str((run["git"] or {}).get("commit") or "") or None
    value = run[values.ATTRIBUTE_FIELDS[key][0]]
    return value or None


def _metrics(workspace: Workspace, ids: Sequence[str], columns: Sequence[Column]) -> dict[tuple[str, Any], Any]:
    wanted: dict[str, list[Column]] = {}
    for one in columns:
        if one.kind == METRIC:
            wanted.setdefault(one.key, []).append(one)
    if not wanted:
        return {}
    rows = MetricSummary.objects.filter(run_id__in=ids, key__workspace=workspace, key__name__in=list(wanted))
    found: dict[tuple[str, Any], Any] = {}
    for run_id, name, *row in rows.order_by().values_list("run_id", "key__name", *values.SUMMARY_FIELDS):
        for column in wanted[name]:
            found[run_id, column] = values.metric_value(column, row)
    return found


def _texts(model: type[Param] | type[Tag], ids: Sequence[str], keys: list[str]) -> dict[tuple[str, Any], Any]:
    if not keys:
        return {}
    rows = model._default_manager.filter(run_id__in=ids, key__in=keys).order_by()
    return {(run_id, key): value for run_id, key, value in rows.values_list("run_id", "key", "value")}


def _place(row: Row) -> dict[str, Any]:
    """Where a run stands in a layout; nothing in a flat one."""
    if not row.depth and not row.children:
        return {}
    return {"depth": row.depth, "children": row.children, "open": row.is_open, "context": row.is_context}


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (list(ids[start : start + NAMED_AT_ONCE]) for start in range(0, len(ids), NAMED_AT_ONCE))
