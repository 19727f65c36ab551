"""The heads of groups: how many runs, and what each column comes to over them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from runs.grid import values
from runs.grid.columns import METRIC, Column
from runs.grid.layout import Layout, Row
from runs.grid.values import Value
from studio.access.models import Workspace

MEASURED_ATTRIBUTES = frozenset({"duration"})


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and sample deviation over the finite values, `count` of them; no deviation of one value alone."""

    mean: float
    deviation: float | None
    count: int


def spread(found: Iterable[Value]) -> Spread | None:
    """What numbers come to; None when there is none among them."""
    numbers = [one for one in found if isinstance(one, float) and math.isfinite(one)]
    if not numbers:
        return None
    mean = math.fsum(numbers) / len(numbers)
    if len(numbers) == 1:
        return Spread(mean, None, 1)
    return Spread(mean, math.sqrt(math.fsum((one - mean) ** 2 for one in numbers) / (len(numbers) - 1)), len(numbers))


def group_cells(
    workspace: Workspace, shown: Layout, rows: Sequence[Row], columns: Sequence[Column]
) -> dict[str, dict[str, Any]]:
    """The heads of the groups by their key."""
    if not rows:
        return {}
    ids = list(dict.fromkeys(run_id for row in rows for run_id in shown.ids[row.start : row.end]))
    found = [values.column_of(workspace, column, ids) for column in columns]
    return {
        row.key: {
            "id": row.key,
            "kind": "group",
            "path": orjson.loads(row.key),
            "depth": row.depth,
            "children": row.children,
            "open": row.is_open,
            "cells": [
                _cell(column, [one.get(run_id) for run_id in shown.ids[row.start : row.end]])
                for column, one in zip(columns, found, strict=True)
            ],
        }
        for row in rows
    }


def _cell(column: Column, found: list[Value]) -> Any:
    """Mean ± deviation of what is measured; of anything else the one value they share, or how many there are."""
    if column.kind == METRIC or column.key in MEASURED_ATTRIBUTES:
        measured = spread(found)
        return measured and {"mean": measured.mean, "std": measured.deviation, "n": measured.count}
    different = set(found)
    if len(different) == 1:
        only = different.pop()
        return None if isinstance(only, float) else only
    return {"values": len(different)}
