"""Permutation Feature Importance: how much worse a trained model gets when one column's values are dealt out anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

CLASSES = {"Accuracy": ("accuracy", "overall_accuracy"), "Precision": ("precision", "macro_precision")}
CLASSES["Recall"] = ("recall", "macro_recall")
ERRORS = {
    "Mean Absolute Error": ("mean_absolute_error",),
    "Root Mean Squared Error": ("root_mean_squared_error",),
    "Relative Absolute Error": ("relative_absolute_error",),
    "Relative Squared Error": ("relative_squared_error",),
}
R2 = "Coefficient of Determination"
FIGURES = {**CLASSES, **ERRORS, R2: ("coefficient_of_determination",)}


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A row for each column, the most important first: how much the measure gets worse without what the column tells."""
    import numpy as np
    import pandas as pd

    model, table = inputs["trained_model"], inputs["test_data"]
    if model.label_column is None:
        raise ComponentError(f"{model.label} has no label to be judged by.", port="trained_model")
    table.require(model.label_column, port="test_data")
    measure = parameters["metric_for_measuring_performance"]
    base = _judged(model, table, measure)
    chance = np.random.RandomState(parameters["random_seed"])
    scores = {}
    for name in model.features.columns:
        dealt = table.frame[name].take(chance.permutation(len(table.frame))).set_axis(table.frame.index)
        changed = _judged(model, Table(table.frame.assign(**{name: dealt}), table.columns), measure)
        scores[name] = changed - base if measure in ERRORS else base - changed
    ranked = pd.Series(scores, dtype="float64").sort_values(ascending=False, kind="stable")
    frame = pd.DataFrame({"Feature": ranked.index, "Score": ranked.to_numpy()})
    return {"feature_importance": Table(frame)}


def _judged(model: Any, table: Table, measure: str) -> float:
    from atelier.components.evaluation import reports, scored

    figures = reports.figures_of(scored.read(model.score(table), "test_data"))
    found = next((figures[name] for name in FIGURES[measure] if name in figures), None)
    if found is None:
        said = f"{measure} is no measure of a {model.task} model: choose another one."
        raise ComponentError(said, parameter="metric_for_measuring_performance")
    return found


COMPONENT = Component(
    name="permutation_feature_importance",
    label="Permutation Feature Importance",
    category="Feature selection",
    description="Says for each column how much worse a trained model gets when its values are dealt out anew.",
    run=run,
    inputs=(Port("trained_model", PortType.TRAINED_MODEL), Port("test_data", PortType.DATASET)),
    outputs=(Port("feature_importance", PortType.DATASET),),
    parameters=(
        Parameter("random_seed", Kind.INTEGER, default=0, minimum=0, maximum=2**32 - 1),
        Parameter("metric_for_measuring_performance", Kind.CHOICE, default="Accuracy", choices=tuple(FIGURES)),
    ),
    packages=("scikit-learn",),
    keywords=("importance", "explain", "shuffle"),
)
