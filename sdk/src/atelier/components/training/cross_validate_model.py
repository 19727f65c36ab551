"""Cross Validate Model: a model for each fold, trained on the others and judged on it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from atelier.components import column_names
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.evaluation import reports
from atelier.components.learners import UntrainedModel
from atelier.components.tables import FOLD, Table
from atelier.components.training import folds, ports

NUMBER, EXAMPLES = "Fold Number", "Number of examples in fold"
Judged = tuple[Any, dict[str, float]]  # the scored rows of a fold, and their figures


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """All rows scored by the model that did not see them, with the fold of each; and the figures by fold, their mean
    and standard deviation last. The means are logged to the run, the figures of each fold as a step of theirs."""
    untrained: UntrainedModel = inputs["untrained_model"].with_parameters({})
    table: Table = inputs["dataset"]
    label = table.require(parameters["label_column"], parameter="label_column", port="dataset")
    rows = folds.of_rows(
        table,
        label,
        untrained,
        count=parameters["number_of_folds"],
        seed=parameters["random_seed"],
        port="dataset",
    )
    judged: list[Judged] = []
    for held in rows:
        _, scores, figures = folds.judge(untrained, table, label, held)
        judged.append((scores, figures))
        context.log_metrics(_known(figures), step=len(judged))
    means, results = _by_fold(untrained.label, judged)
    context.log_metrics({f"mean_{name}": value for name, value in _known(means).items()})
    return {"scored_results": _scored(table, judged, rows), "evaluation_results_by_fold": results}


def _scored(table: Table, judged: Sequence[Judged], rows: Sequence[Any]) -> Table:
    """The scored rows in the order of the table, with their fold's number."""
    import numpy as np
    import pandas as pd

    parts = [scores.frame.drop(columns=scores.of_role(FOLD)) for scores, _ in judged]
    whole = pd.concat(parts, ignore_index=True)
    numbers = np.concatenate([np.full(len(held), place) for place, held in enumerate(rows, start=1)])
    whole[column_names.free(NUMBER, whole.columns)] = numbers
    ordered = whole.iloc[np.argsort(np.concatenate(rows), kind="stable")]
    # A class that one fold's model never saw has no probability there: none.
    shares = [name for name in ordered.columns if name.startswith("Scored Probabilities_")]
    found = ordered.fillna(dict.fromkeys(shares, 0.0))
    first = judged[0][0]
    marks = {name: column for one, _ in judged for name, column in one.columns.items() if name in found.columns}
    return Table(found.reset_index(drop=True), {**first.columns, **marks})


def _by_fold(label: str, judged: Sequence[Judged]) -> tuple[dict[str, float], Table]:
    import numpy as np
    import pandas as pd

    figures = pd.DataFrame([figures for _, figures in judged])
    means, deviations = figures.mean(), figures.std(ddof=1)
    sizes = [len(scores.frame) for scores, _ in judged]
    frame = pd.concat([figures, means.to_frame().T, deviations.to_frame().T], ignore_index=True)
    frame.columns = pd.Index([reports.in_words(name) for name in frame.columns])
    numbers = [*map(str, range(1, len(judged) + 1)), "Mean", "Standard Deviation"]
    frame.insert(0, NUMBER, numbers)
    frame.insert(1, EXAMPLES, [*map(float, sizes), float(np.mean(sizes)), float(np.std(sizes, ddof=1))])
    frame.insert(2, "Model", label)
    return means.to_dict(), Table(frame)


def _known(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in figures.items() if math.isfinite(value)}


COMPONENT = Component(
    name="cross_validate_model",
    label="Cross Validate Model",
    category="Model scoring and evaluation",
    description="Trains a learner once for each fold of the rows, on the other folds, and judges it on that one.",
    run=run,
    inputs=(ports.UNTRAINED, ports.DATASET),
    outputs=(
        Port("scored_results", PortType.DATASET, "Scored results"),
        Port("evaluation_results_by_fold", PortType.DATASET, "Evaluation results by fold"),
    ),
    parameters=(
        ports.label_column("dataset"),
        ports.seed("Which rows come into which fold."),
        Parameter(
            "number_of_folds",
            Kind.INTEGER,
            "Number of folds",
            default=10,
            minimum=2,
            maximum=1000,
            description="Folds that Partition and Sample assigned come before this.",
        ),
    ),
    packages=("scikit-learn",),
    keywords=("folds", "k-fold", "cv"),
)
