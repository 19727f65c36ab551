"""An evaluation of one or two scored tables, as JSON for a page.

    {"title": "Evaluate Model", "task": "regression" | "binary" | "multiclass" | "quantile" | "clustering",
     "runs": [run, …],                     # one for each input, the left one first
     "facts": […], "tables": […], "charts": […]}    # as `views` describes them: all that is to be drawn, both inputs overlaid

A run is

    {"name": "Scored dataset", "label_column": "price", "rows": 62, "left_out": 0,
     "metrics": {"mean_absolute_error": 1403.2, …}}   # `figures` lists them by task; None where the rows cannot tell

and beside that, by task,

| task | key | value |
|---|---|---|
| binary | `positive`, `negative` | the two classes, as in the label column |
| | `curves` | `{"roc", "precision_recall", "lift": {"x": […], "y": […]}, "auc": 0.93}` of at most 200 points each |
| | `thresholds` | lists of equal length: `threshold` (0, 0.01 … 1), `true_positives`, `false_positives`, `true_negatives`, `false_negatives`, `accuracy`, `precision`, `recall`, `f1_score`: a slider needs nothing else |
| multiclass | `classes` | in order |
| | `confusion` | rows of the truth, columns of what was told, in that order |
| | `by_class` | `{"class", "precision", "recall", "f1_score", "rows"}` of each |
| clustering | `clusters` | `{"cluster", "rows", "average_distance_to_center", "average_distance_to_other_center", "maximal_distance_to_center"}` of each |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from atelier.components import views
from atelier.components.errors import ComponentError
from atelier.components.evaluation import clustering, drawing, scored
from atelier.components.evaluation.scored import Scored
from atelier.components.tables import Table

NAMES = {
    "mean_absolute_error": "Mean absolute error",
    "root_mean_squared_error": "Root mean squared error",
    "relative_squared_error": "Relative squared error",
    "relative_absolute_error": "Relative absolute error",
    "coefficient_of_determination": "Coefficient of determination (R²)",
    "f1_score": "F1 score",
    "micro_f1_score": "Micro-averaged F1 score",
    "macro_f1_score": "Macro-averaged F1 score",
    "auc": "AUC",
    "micro_precision": "Micro-averaged precision",
    "macro_auc": "Macro-averaged AUC",
    "macro_precision": "Macro-averaged precision",
    "micro_recall": "Micro-averaged recall",
    "macro_recall": "Macro-averaged recall",
}


def report(tables: Mapping[str, Table], labels: Mapping[str, str]) -> dict[str, Any]:
    """The evaluation of the tables by port; `labels` says what each is called. Raises ComponentError when they don't fit."""
    tasks = {port: scored.task_of(table, port) for port, table in tables.items()}
    if len(set(tasks.values())) > 1:
        said = " and ".join(f"{labels[port]} is scored by a {task} model" for port, task in tasks.items())
        raise ComponentError(f"{said}: only scores of one kind can be compared.", port=list(tables)[-1])
    task = next(iter(tasks.values()))
    runs = [_run(labels[port], table, port, task) for port, table in tables.items()]
    drawn = drawing.CHARTS[task](runs)
    evaluation = {"title": "Evaluate Model", "task": task, "runs": runs, "facts": _facts(task, runs)}
    evaluation.update(tables=[_figures(runs), *drawing.tables(task, runs)], charts=drawn)
    for run in runs:
        run.pop("points", None)
    found: dict[str, Any] = views.plain(evaluation)
    return found


def figures_of(found: Scored) -> dict[str, float]:
    """The figures of scores, by the names that `figures` lists."""
    from atelier.components.evaluation import figures

    if found.task == "regression":
        return figures.regression(found.true, found.told)
    if found.task == "quantile":
        return figures.quantiles(found.true, found.told, found.quantiles)
    if found.task == "binary":
        assert found.shares is not None
        return figures.binary(found.true, found.shares)
    return figures.multiclass(found.true, found.told, len(found.classes), found.shares)


def in_words(name: str) -> str:
    """What a page calls a figure."""
    return NAMES.get(name) or name.replace("_", " ").capitalize()


def _run(name: str, table: Table, port: str, task: str) -> dict[str, Any]:
    if task == scored.CLUSTERING:
        return {"name": name, **clustering.run(table, port)}
    found = scored.read(table, port)
    run: dict[str, Any] = {"name": name, "label_column": found.label_column, "rows": len(found.true)}
    run.update(left_out=found.left_out, metrics=figures_of(found))
    return {**run, **_OF_TASK[task](found)}


def _of_numbers(found: Scored) -> dict[str, Any]:
    return {"points": (found.true, found.told)}


def _of_quantiles(found: Scored) -> dict[str, Any]:
    return {"quantiles": list(found.quantiles)}


def _of_two(found: Scored) -> dict[str, Any]:
    from atelier.components.evaluation import curves

    assert found.shares is not None
    negative, positive = found.classes
    drawn = {
        "curves": curves.curves(found.true, found.shares),
        "thresholds": curves.thresholds(found.true, found.shares),
    }
    return {"positive": positive, "negative": negative, **drawn}


def _of_several(found: Scored) -> dict[str, Any]:
    from atelier.components.evaluation import figures

    matrix = figures.confusion(found.true, found.told, len(found.classes))
    each = [{"class": one, **made} for one, made in zip(found.classes, figures.by_class(matrix))]
    return {"classes": list(found.classes), "confusion": matrix.tolist(), "by_class": each}


_OF_TASK = {"regression": _of_numbers, "quantile": _of_quantiles, "binary": _of_two, "multiclass": _of_several}


def _facts(task: str, runs: Sequence[Mapping[str, Any]]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [("Task", task)]
    for run in runs:
        before = f"{run['name']}: " if len(runs) > 1 else ""
        found += [(f"{before}{title}", run[key]) for title, key in _FACTS if key in run]
        if run.get("left_out"):
            found.append((f"{before}Rows left out, without a label or a score", run["left_out"]))
    return found


_FACTS = (("Label column", "label_column"), ("Rows", "rows"), ("Positive class", "positive"))


def _figures(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = list(runs[0]["metrics"])
    names += [name for run in runs[1:] for name in run["metrics"] if name not in names]
    rows = [[in_words(name), *(run["metrics"].get(name) for run in runs)] for name in names]
    return views.table("Metrics", ["Metric", *(run["name"] for run in runs)], rows)
