"""Explain Model: which columns a trained model leans on, how its answers move with them, and what made each answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import column_rules, views
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.explaining import contributions, dependence, permuting
from atelier.components.learners.trained import TrainedModel
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

CHOSEN_BY_ITSELF = 4
SHOWN_ROWS = 50


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    model: TrainedModel = inputs["trained_model"]
    table = _sample(inputs["dataset"], parameters["rows"], parameters["seed"])
    model.features.require(table)
    metric = permuting.metric_of(model)
    found = permuting.importances(model, table, repeats=parameters["repeats"], seed=parameters["seed"])
    charts = [_bars(found, metric)]
    for column in _columns(model, table, found, parameters.get("columns")):
        charts += dependence.charts(dependence.of(model, table, column), parameters["single_rows"])
    parts = contributions.of(model, table)
    return {
        "explanation": _evaluation(model, table, metric, found, charts, parts),
        "feature_importances": Table(found),
        "contributions": Table(_none(model) if parts is None else parts),
    }


def _sample(table: Table, most: int, seed: int) -> Table:
    """Not more than so many rows, in their order."""
    if not len(table.frame):
        raise ComponentError("The table has no rows to explain the model by.", port="dataset")
    if len(table.frame) <= most:
        return table
    return table.with_frame(table.frame.sample(most, random_state=seed).sort_index())


def _columns(model: TrainedModel, table: Table, found: pd.DataFrame, rule: Any) -> list[str]:
    """The columns whose dependence is drawn: the chosen ones, else the most important."""
    if rule is None:
        best: list[str] = found["Feature"].head(CHOSEN_BY_ITSELF).tolist()
        return best
    chosen = column_rules.pick(rule, table, parameter="columns", port="dataset")
    strange = [name for name in chosen if name not in model.features.columns]
    if strange:
        raise ComponentError(f"{model.label} was not trained on the column {strange[0]!r}.", parameter="columns")
    return chosen


def _evaluation(
    model: TrainedModel,
    table: Table,
    metric: str,
    found: pd.DataFrame,
    charts: list[dict[str, Any]],
    parts: pd.DataFrame | None,
) -> dict[str, Any]:
    tables = [views.of_frame("Permutation importances", found)]
    if parts is not None:
        tables.append(views.of_frame("What made each answer", parts, limit=SHOWN_ROWS))
        charts.insert(1, _mean_parts(parts))
    facts = [
        ["Model", model.label],
        ["Rows", len(table.frame)],
        ["Importance", f"How much the {metric.lower()} falls when a column's values are dealt out anew"],
        ["What made each answer", "known" if parts is not None else f"not told by {model.label}"],
    ]
    made = {"task": "explanation", "title": model.label, "facts": facts, "tables": tables, "charts": charts}
    plain: dict[str, Any] = views.plain(made)
    return plain


def _bars(found: pd.DataFrame, metric: str) -> dict[str, Any]:
    top = found.head(20)
    series = [{"name": "Importance", "x": top["Feature"].tolist(), "y": top["Importance"].tolist()}]
    return {
        "kind": "bar",
        "title": "Permutation importances",
        "x": "Feature",
        "y": f"Loss of {metric.lower()}",
        "series": series,
    }


def _mean_parts(parts: pd.DataFrame) -> dict[str, Any]:
    means = parts.drop(columns=["Row", "Class", contributions.BASE, contributions.SUM], errors="ignore").abs().mean()
    top = means.sort_values(ascending=False, kind="stable").head(20)
    series = [{"name": "Contribution", "x": list(map(str, top.index)), "y": top.tolist()}]
    title = "Mean size of what a column adds to an answer"
    return {"kind": "bar", "title": title, "x": "Feature", "y": "Contribution", "series": series}


def _none(model: TrainedModel) -> pd.DataFrame:
    import pandas as pd

    names = ["Row", *model.features.columns, contributions.BASE, contributions.SUM]
    return pd.DataFrame({name: pd.Series(dtype="float64") for name in names})


COMPONENT = Component(
    name="explain_model",
    label="Explain Model",
    category="Model scoring and evaluation",
    description="Says which columns a trained model leans on (permutation importances), how its answers move with a "
    "column (partial dependence, and single rows), and, of boosted trees and linear regressions, what each column adds to "
    "each answer.",
    run=run,
    inputs=(
        Port("trained_model", PortType.TRAINED_MODEL),
        Port("dataset", PortType.DATASET, description="Rows with their labels, best ones the model has not seen"),
    ),
    outputs=(
        Port("explanation", PortType.EVALUATION),
        Port("feature_importances", PortType.DATASET),
        Port("contributions", PortType.DATASET, description="Empty for a model that can't tell them"),
    ),
    parameters=(
        Parameter(
            "columns",
            Kind.COLUMNS,
            label="Columns whose dependence is drawn",
            port="dataset",
            optional=True,
            description="Without a choice the four most important ones",
        ),
        Parameter("repeats", Kind.INTEGER, label="Times a column is dealt out anew", default=5, minimum=1, maximum=100),
        Parameter("rows", Kind.INTEGER, label="Rows looked at, at most", default=1000, minimum=1, maximum=100000),
        Parameter("single_rows", Kind.INTEGER, label="Single rows drawn", default=20, minimum=0, maximum=50),
        Parameter("seed", Kind.INTEGER, label="Random seed", default=0, minimum=0, maximum=2**32 - 1),
    ),
    packages=("scikit-learn",),
    keywords=("shap", "partial dependence", "ice", "importance", "interpret"),
)
