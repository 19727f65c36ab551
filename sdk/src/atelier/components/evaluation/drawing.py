"""Charts and tables of an evaluation, both inputs overlaid, in the shape that `views` describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from atelier.components import views

Run = Mapping[str, Any]
MOST_POINTS, MOST_CLASSES, BINS = 500, 50, 20
CURVES = (
    ("roc", "ROC curve", "False positive rate", "True positive rate"),
    ("precision_recall", "Precision-recall curve", "Recall", "Precision"),
    ("lift", "Lift curve", "Share of rows told positive", "Lift"),
)


def tables(task: str, runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The tables beside the figures: of each run, its confusion matrix, its classes or its clusters."""
    made = _TABLES.get(task)
    return [table for run in runs for table in (made(run, _suffix(run, runs)) if made else [])]


def _suffix(run: Run, runs: Sequence[Run]) -> str:
    return f": {run['name']}" if len(runs) > 1 else ""


def _of_regression(runs: Sequence[Run]) -> list[dict[str, Any]]:
    points = [{"name": run["name"], **_sample(*run["points"])} for run in runs]
    label = runs[0]["label_column"]
    scatter = {"kind": "scatter", "title": "Predicted by true", "x": label, "y": "Scored Labels", "series": points}
    return [scatter, _errors(runs)]


def _errors(runs: Sequence[Run]) -> dict[str, Any]:
    """Histograms of the errors, on the same edges."""
    import numpy as np

    errors = [run["points"][1] - run["points"][0] for run in runs]
    edges = _edges(np.concatenate(errors))
    series = [
        {"name": run["name"], "edges": edges.tolist(), "counts": np.histogram(error, edges)[0].tolist()}
        for run, error in zip(runs, errors)
    ]
    return {"kind": "histogram", "title": "Errors", "x": "Predicted − true", "y": "Rows", "series": series}


def _edges(errors: Any) -> Any:
    """Edges of 20 even bins; of one around errors that are all the same."""
    import numpy as np

    low, high = float(errors.min()), float(errors.max())
    wide = max(abs(low), abs(high), 1.0) * 1e-9
    return np.linspace(low, high, BINS + 1) if high - low > wide else np.array([low - wide, high + wide])


def _sample(true: Any, told: Any) -> dict[str, list[float]]:
    """Up to 500 points, evenly among the rows in the order of their truth."""
    import numpy as np

    order = np.argsort(true, kind="stable")
    if len(order) > MOST_POINTS:
        order = order[np.linspace(0, len(order) - 1, MOST_POINTS).round().astype(int)]
    return {"x": true[order].tolist(), "y": told[order].tolist()}


def _of_two(runs: Sequence[Run]) -> list[dict[str, Any]]:
    found = []
    for key, title, x, y in CURVES:
        series = [{"name": run["name"], **run["curves"][key]} for run in runs]
        found.append({"kind": "line", "title": title, "x": x, "y": y, "series": series})
    return found


def _of_several(runs: Sequence[Run]) -> list[dict[str, Any]]:
    return [_heatmap(run, _suffix(run, runs)) for run in runs]


def _heatmap(run: Run, suffix: str) -> dict[str, Any]:
    """The confusion matrix as shares of the true class, of the largest 50 classes."""
    kept = _largest(run)
    names = [str(run["classes"][place]) for place in kept]
    rows = []
    for place in kept:
        total = sum(run["confusion"][place]) or 1
        rows.append([run["confusion"][place][other] / total for other in kept])
    title = f"Confusion matrix{suffix}"
    return {
        "kind": "heatmap",
        "title": title,
        "x": "Told",
        "y": "True",
        "columns": names,
        "rows": names,
        "values": rows,
    }


def _largest(run: Run) -> list[int]:
    """The places of the classes with most rows, in the order of the classes."""
    by_rows = sorted(range(len(run["classes"])), key=lambda place: -run["by_class"][place]["rows"])
    return sorted(by_rows[:MOST_CLASSES])


def _of_quantiles(runs: Sequence[Run]) -> list[dict[str, Any]]:
    series = []
    for run in runs:
        reached = [run["metrics"][f"coverage_{quantile:g}"] for quantile in run["quantiles"]]
        series.append({"name": run["name"], "x": list(run["quantiles"]), "y": reached})
    title = "Rows at or below each quantile"
    return [{"kind": "line", "title": title, "x": "Quantile", "y": "Share of rows", "series": series}]


def _of_clusters(runs: Sequence[Run]) -> list[dict[str, Any]]:
    series = []
    for run in runs:
        names = [f"Cluster {one['cluster']}" for one in run["clusters"]]
        series.append({"name": run["name"], "x": names, "y": [one["rows"] for one in run["clusters"]]})
    return [{"kind": "bar", "title": "Rows of each cluster", "x": "", "y": "Rows", "series": series}]


def _matrix_of_two(run: Run, suffix: str) -> list[dict[str, Any]]:
    at, half = run["thresholds"], run["thresholds"]["threshold"].index(0.5)
    hits, alarms = at["true_positives"][half], at["false_positives"][half]
    rejections, misses = at["true_negatives"][half], at["false_negatives"][half]
    positive, negative = run["positive"], run["negative"]
    rows = [[f"True {positive}", hits, misses], [f"True {negative}", alarms, rejections]]
    return [views.table(f"Confusion matrix at 0.5{suffix}", ["", f"Told {positive}", f"Told {negative}"], rows)]


def _classes(run: Run, suffix: str) -> list[dict[str, Any]]:
    rows = [[one["class"], one["precision"], one["recall"], one["f1_score"], one["rows"]] for one in run["by_class"]]
    return [views.table(f"Classes{suffix}", ["Class", "Precision", "Recall", "F1 score", "Rows"], rows)]


def _clusters(run: Run, suffix: str) -> list[dict[str, Any]]:
    titles = ["Cluster", "Rows", "Average distance to center", "Average distance to other center", "Maximal distance"]
    return [views.table(f"Clusters{suffix}", titles, [list(one.values()) for one in run["clusters"]])]


CHARTS: Mapping[str, Callable[[Sequence[Run]], list[dict[str, Any]]]] = {
    "regression": _of_regression,
    "binary": _of_two,
    "multiclass": _of_several,
    "quantile": _of_quantiles,
    "clustering": _of_clusters,
}
_TABLES: Mapping[str, Callable[[Run, str], list[dict[str, Any]]]] = {
    "binary": _matrix_of_two,
    "multiclass": _classes,
    "clustering": _clusters,
}
