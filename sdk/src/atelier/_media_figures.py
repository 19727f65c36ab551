"""Histograms, confusion matrices and curves of values, in plain Python: a script may have no numpy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from atelier import _errors

MAX_BINS = 512
MAX_CLASSES = 200
MAX_POINTS = 1_000
KINDS = ("pr", "roc")


def numbers(values: Any) -> list[float]:
    """Values of any shape as one list of floats."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    if hasattr(values, "tolist"):
        values = values.tolist()
    return list(_flat(values))


def histogram(values: Any, bins: int) -> dict[str, Any]:
    """Edges and counts; what is not finite is counted apart."""
    if not 1 <= int(bins) <= MAX_BINS:
        raise _errors.UsageError(f"A histogram has 1 to {MAX_BINS} bins, not {bins!r}.")
    every = numbers(values)
    finite = [value for value in every if math.isfinite(value)]
    if not finite:
        raise _errors.UsageError("A histogram needs at least one finite value.")
    low, high = min(finite), max(finite)
    # Halved before they are subtracted: the span of the greatest floats is no float.
    if low == high:
        low, high = low - (abs(low) * 1e-6 or 0.5), high + (abs(high) * 1e-6 or 0.5)
    half = high / 2 - low / 2
    edges = [low + 2 * (half * (at / bins)) for at in range(bins)] + [high]
    counts = [0] * bins
    for value in finite:
        counts[min(bins - 1, int((value / 2 - low / 2) / half * bins))] += 1
    return {"edges": edges, "counts": counts, "nonfinite": len(every) - len(finite)}


def confusion(matrix: Any, labels: Sequence[Any] | None) -> dict[str, Any]:
    """Labels and rows of counts, the true class down."""
    if isinstance(matrix, tuple) and len(matrix) == 2:
        labels, rows = _counted(*matrix, labels=labels)
    else:
        rows = [numbers(row) for row in _listed(matrix)]
        labels = range(len(rows)) if labels is None else labels
    size = len(rows)
    if not 1 <= size <= MAX_CLASSES or len(labels) != size or any(len(row) != size for row in rows):
        raise _errors.UsageError(f"A confusion matrix is square, of 1 to {MAX_CLASSES} classes with a label each.")
    if any(not math.isfinite(value) or value < 0 for row in rows for value in row):
        raise _errors.UsageError("A confusion matrix holds counts.")
    return {"labels": [str(label) for label in labels], "matrix": rows}


def curve(kind: str, x: Any, y: Any, y_true: Any, y_score: Any) -> dict[str, Any]:
    """The points of a curve and the area under it, at most 1,000 of them."""
    if kind not in KINDS:
        raise _errors.UsageError(f'The kind of a curve is "pr" or "roc", not {kind!r}.')
    if x is None and y is None and y_true is not None and y_score is not None:
        xs, ys, area = _scored(kind, numbers(y_true), numbers(y_score))
    elif x is not None and y is not None and y_true is None and y_score is None:
        xs, ys = numbers(x), numbers(y)
        area = abs(sum((b - a) * (c + d) / 2 for a, b, c, d in zip(xs, xs[1:], ys, ys[1:])))
    else:
        raise _errors.UsageError("A curve is given by x and y, or by y_true and y_score.")
    if len(xs) != len(ys) or len(xs) < 2 or not all(map(math.isfinite, xs + ys)):
        raise _errors.UsageError("A curve has equally many finite x and y, at least two of each.")
    last = len(xs) - 1
    kept = range(last + 1) if last < MAX_POINTS else [round(at * last / (MAX_POINTS - 1)) for at in range(MAX_POINTS)]
    return {"kind": kind, "x": [xs[at] for at in kept], "y": [ys[at] for at in kept], "area": area}


def _flat(values: Any) -> Iterable[float]:
    if hasattr(values, "__iter__") and not isinstance(values, (str, bytes)):
        for one in values:
            yield from _flat(one)
    else:
        yield float(values)


def _listed(values: Any) -> list[Any]:
    return list(values.tolist() if hasattr(values, "tolist") else values)


def _counted(true: Any, found: Any, *, labels: Sequence[Any] | None) -> tuple[list[Any], list[list[float]]]:
    """The classes of two columns and how often each true one was found as each."""
    true, found = _listed(true), _listed(found)
    if len(true) != len(found):
        raise _errors.UsageError("y_true and y_pred are equally long.")
    classes = sorted({*true, *found}, key=_order) if labels is None else list(labels)
    if len(classes) > MAX_CLASSES:
        raise _errors.UsageError(f"A confusion matrix has at most {MAX_CLASSES} classes, not {len(classes)}.")
    places = {label: at for at, label in enumerate(classes)}
    unknown = {*true, *found} - places.keys()
    if unknown:
        raise _errors.UsageError(f"The class {next(iter(unknown))!r} is not among the labels.")
    rows = [[0.0] * len(classes) for _ in classes]
    for one, other in zip(true, found):
        rows[places[one]][places[other]] += 1
    return classes, rows


def _order(label: Any) -> tuple[bool, Any, str]:
    is_number = isinstance(label, (int, float))
    return (not is_number, label if is_number else 0, str(label))


def _scored(kind: str, true: list[float], score: list[float]) -> tuple[list[float], list[float], float]:
    if len(true) != len(score) or not set(true) <= {0.0, 1.0}:
        raise _errors.UsageError("y_true holds 0 and 1, and a y_score for each.")
    positives = sum(true)
    negatives = len(true) - positives
    if not positives or not negatives or not all(map(math.isfinite, score)):
        raise _errors.UsageError("A curve needs both classes, and finite scores.")
    order = sorted(range(len(true)), key=lambda at: -score[at])
    hits = alarms = area = 0.0
    points = [(0.0, 1.0 if kind == "pr" else 0.0)]
    for place, at in enumerate(order):
        hits, alarms = hits + true[at], alarms + 1 - true[at]
        if place + 1 < len(order) and score[order[place + 1]] == score[at]:
            continue  # equal scores are one threshold
        recall = hits / positives
        point = (recall, hits / (hits + alarms)) if kind == "pr" else (alarms / negatives, recall)
        # Average precision for PR, which does not smooth between thresholds; trapezes for ROC.
        before = points[-1]
        area += (point[0] - before[0]) * (point[1] if kind == "pr" else (point[1] + before[1]) / 2)
        points.append(point)
    return [one for one, _ in points], [one for _, one in points], area
