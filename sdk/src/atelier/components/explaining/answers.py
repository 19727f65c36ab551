"""What a model answers, as numbers that can be compared: a column for each thing it may answer."""

from __future__ import annotations

from typing import Any

from atelier.components.learners.task import Task
from atelier.components.learners.trained import SCORED_LABELS, SCORED_PROBABILITIES, TrainedModel
from atelier.components.tables import Table


def of(model: TrainedModel, table: Table) -> dict[str, Any]:
    """By name: the value of a regression, the probability of the second class, or of each of several."""
    scores = model.scores(table)
    if model.task is Task.QUANTILE:
        names = model.score_columns
        return {names[len(names) // 2]: scores[names[len(names) // 2]].to_numpy(dtype="float64")}
    if SCORED_PROBABILITIES in scores.columns:
        second = f"Probability of {model.classes[1]}" if len(model.classes) == 2 else SCORED_PROBABILITIES
        return {second: scores[SCORED_PROBABILITIES].to_numpy(dtype="float64")}
    several = [name for name in scores.columns if name.startswith(f"{SCORED_PROBABILITIES}_")]
    if several:
        titles = [f"Probability of {name[len(SCORED_PROBABILITIES) + 1 :]}" for name in several]
        return {title: scores[name].to_numpy(dtype="float64") for title, name in zip(titles, several)}
    return {SCORED_LABELS: _numbers(scores[SCORED_LABELS], model)}


def _numbers(values: Any, model: TrainedModel) -> Any:
    """Labels as numbers: a class, where nothing is known of probabilities, counts as whether it is the last one."""
    if not model.classes:
        return values.to_numpy(dtype="float64")
    return (values == model.classes[-1]).to_numpy(dtype="float64")
