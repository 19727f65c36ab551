"""Checks what scripts wrote into the files of figures: what a browser gets is of the kind and size it draws."""

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

MOST_ROWS = 200
MOST_COLUMNS = 100
MOST_LETTERS = 500
MOST_CLASSES = 200
MOST_POINTS = 5_000
MOST_BINS = 1_000


class Unreadable(Exception):
    """The sentence says what is wrong with a file."""


def table(data: Any) -> dict[str, Any]:
    """The first rows of a table and how many it has."""
    names, rows = _field(data, "columns"), _field(data, "data")
    if not isinstance(names, list) or not isinstance(rows, list) or not 1 <= len(names) <= MOST_COLUMNS:
        raise Unreadable(f"This table has no list of rows, or not 1 to {MOST_COLUMNS} columns.")
    first = rows[:MOST_ROWS]
    if any(not isinstance(row, list) or len(row) != len(names) for row in first):
        raise Unreadable("A row of this table is not as long as its columns.")
    cells = [[_cell(value) for value in row] for row in first]
    return {"columns": [str(name)[:MOST_LETTERS] for name in names], "rows": cells, "count": len(rows)}


def histogram(data: Any) -> dict[str, Any]:
    """Edges that ascend, and a count between each two."""
    _is_ours(data, "histogram/1")
    edges, counts = _numbers(data, "edges", MOST_BINS + 1), _numbers(data, "counts", MOST_BINS)
    if not counts or len(edges) != len(counts) + 1 or min(counts) < 0:
        raise Unreadable("This histogram needs one edge more than counts, and no count below 0.")
    if any(high <= low for low, high in itertools.pairwise(edges)):
        raise Unreadable("The edges of this histogram do not ascend.")
    return {"edges": edges, "counts": counts}


def confusion(data: Any) -> dict[str, Any]:
    """Labels and a square of counts, the true class down."""
    _is_ours(data, "confusion/1")
    labels, rows = _field(data, "labels"), _field(data, "matrix")
    if not isinstance(labels, list) or not isinstance(rows, list) or not 1 <= len(labels) <= MOST_CLASSES:
        raise Unreadable(f"This confusion matrix has not 1 to {MOST_CLASSES} classes.")
    if len(rows) != len(labels):
        raise Unreadable("This confusion matrix is not square.")
    matrix = [_numbers({"row": row}, "row", MOST_CLASSES) for row in rows]
    if any(len(row) != len(labels) or min(row) < 0 for row in matrix):
        raise Unreadable("This confusion matrix is not square, or a count is below 0.")
    return {"labels": [str(label)[:80] for label in labels], "matrix": matrix}


def curve(data: Any) -> dict[str, Any]:
    """The points of a precision-recall or ROC curve, and its area where it says one."""
    _is_ours(data, "curve/1")
    x, y, kind = _numbers(data, "x", MOST_POINTS), _numbers(data, "y", MOST_POINTS), data.get("kind")
    if len(x) != len(y) or not x or kind not in ("pr", "roc"):
        raise Unreadable('This curve needs equally many x and y, and the kind "pr" or "roc".')
    area = data.get("area")
    return {"kind": kind, "x": x, "y": y, "area": area if _is_number(area) else None}


PARSERS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "table": table, "histogram": histogram, "confusion": confusion, "curve": curve,
}  # fmt: skip


def _is_ours(data: Any, kind: str) -> None:
    if _field(data, "atelier") != kind:
        raise Unreadable(f'This file does not say "atelier": "{kind}".')


def _field(data: Any, name: str) -> Any:
    if not isinstance(data, dict):
        raise Unreadable("This file is JSON, but no object.")
    return data.get(name)


def _numbers(data: Any, name: str, most: int) -> list[float]:
    values = _field(data, name)
    if not isinstance(values, list) or len(values) > most or not all(map(_is_number, values)):
        raise Unreadable(f"Its {name!r} is not a list of at most {most:,} finite numbers.")
    return values


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


def _cell(value: Any) -> Any:
    """A value that a table shows: MLflow's images and nested values become their text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict) and value.get("type") == "image":
        return str(value.get("filepath", "image"))[:MOST_LETTERS]
    return str(value)[:MOST_LETTERS]
