"""Which columns tell the runs apart, and between which values a column lies."""

import math
from collections.abc import Sequence

from runs.grid import values
from runs.grid.columns import METRIC, Column
from runs.grid.values import Value
from studio.access.models import Workspace

MOST_RUNS = 5_000


def alike(workspace: Workspace, ids: Sequence[str], columns: Sequence[Column]) -> list[Column]:
    """The columns in which the runs do not differ (the first few thousand are looked at). One run differs from none."""
    looked_at = ids[:MOST_RUNS]
    return [column for column in columns if not _differs(values.column_of(workspace, column, looked_at), looked_at)]


def ranges(workspace: Workspace, ids: Sequence[str], columns: Sequence[Column]) -> dict[str, list[float]]:
    """The least and the greatest finite value of each column that has numbers: what a shading goes between."""
    found = {}
    for column in columns:
        numbers = [values.as_number(value) for value in values.column_of(workspace, column, ids).values()]
        finite = [one for one in numbers if one is not None and math.isfinite(one)]
        if finite and (column.kind == METRIC or len(finite) == len(numbers)):
            found[column.spec] = [min(finite), max(finite)]
    return found


def _differs(found: dict[str, Value], ids: Sequence[str]) -> bool:
    different = {_comparable(value) for value in found.values()}
    return len(different) > 1 or (len(different) == 1 and len(found) < len(ids))


def _comparable(value: Value) -> Value:
    return "NaN" if isinstance(value, float) and math.isnan(value) else value
