"""The figures that models can be chosen by, in the words of the designer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from atelier.components.errors import ComponentError
from atelier.components.evaluation import reports
from atelier.components.learners import Task

if TYPE_CHECKING:
    from atelier.components.training.sweeps import Judged

# what a person chooses -> the figure of a binary, and of a multiclass model
CLASSIFICATION: Mapping[str, tuple[str, str]] = {
    "Accuracy": ("accuracy", "overall_accuracy"),
    "Precision": ("precision", "macro_precision"),
    "Recall": ("recall", "macro_recall"),
    "F-score": ("f1_score", "macro_f1_score"),
    "AUC": ("auc", "macro_auc"),
    "Average log loss": ("average_log_loss", "average_log_loss"),
}
REGRESSION: Mapping[str, str] = {
    "Mean absolute error": "mean_absolute_error",
    "Root mean squared error": "root_mean_squared_error",
    "Relative absolute error": "relative_absolute_error",
    "Relative squared error": "relative_squared_error",
    "Coefficient of determination": "coefficient_of_determination",
}
QUANTILE = "average_quantile_loss"
in_words = reports.in_words


def chosen(task: Task, judged: Sequence[Judged], parameters: Mapping[str, Any]) -> str:
    """The figure to choose by. Raises ComponentError when the scores do not have it."""
    if task is Task.QUANTILE:
        return QUANTILE
    if task is Task.REGRESSION:
        return REGRESSION[parameters["metric_for_measuring_performance_for_regression"]]
    wanted = parameters["metric_for_measuring_performance_for_classification"]
    there = {name for one in judged for name in one.figures}
    for name in CLASSIFICATION[wanted]:
        if name in there:
            return name
    raise ComponentError(
        f"{wanted} can't be told of these scores.", parameter="metric_for_measuring_performance_for_classification"
    )


def is_better_when_larger(name: str) -> bool:
    """Whether more of it is better: errors and losses are not."""
    return not name.endswith(("_error", "_loss"))
