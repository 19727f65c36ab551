"""How much worse a model gets when the values of one column are dealt out anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atelier.components.errors import ComponentError
from atelier.components.learners.task import Task
from atelier.components.learners.trained import SCORED_LABELS, TrainedModel
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

R2, ACCURACY = "Coefficient of determination", "Accuracy"


def metric_of(model: TrainedModel) -> str:
    """What a model of its task is judged by here. Raises ComponentError for one that answers no label."""
    if model.label_column is None or model.task is Task.QUANTILE:
        raise ComponentError(
            f"{model.label} foretells no label, so it can't be said how much worse it gets without a column.",
            port="trained_model",
        )
    return R2 if model.task is Task.REGRESSION else ACCURACY


def importances(model: TrainedModel, table: Table, *, repeats: int, seed: int) -> pd.DataFrame:
    """For each feature column the mean loss of the metric and its deviation, the largest first."""
    import numpy as np
    import pandas as pd

    truth = table.frame[table.require(str(model.label_column), port="dataset")]
    base = _judged(model, table, truth)
    chance = np.random.default_rng(seed)
    rows = []
    for column in model.features.columns:
        losses = [base - _judged(model, _dealt(table, column, chance), truth) for _ in range(repeats)]
        rows.append((column, float(np.mean(losses)), float(np.std(losses))))
    frame = pd.DataFrame(rows, columns=["Feature", "Importance", "Standard deviation"])
    return frame.sort_values("Importance", ascending=False, kind="stable", ignore_index=True)


def _dealt(table: Table, column: str, chance: Any) -> Table:
    order = chance.permutation(len(table.frame))
    values = table.frame[column].take(order).set_axis(table.frame.index)
    return Table(table.frame.assign(**{column: values}), table.columns)


def _judged(model: TrainedModel, table: Table, truth: pd.Series) -> float:
    said = model.scores(table)[SCORED_LABELS]
    if metric_of(model) == ACCURACY:
        return float((said.astype(object).to_numpy() == truth.astype(object).to_numpy()).mean())
    errors = said.to_numpy(dtype="float64") - truth.to_numpy(dtype="float64")
    spread = truth.to_numpy(dtype="float64") - truth.mean()
    total = float((spread**2).sum())
    return 1 - float((errors**2).sum()) / total if total else 0.0
