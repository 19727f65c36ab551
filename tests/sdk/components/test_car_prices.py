"""The car price sample, step by step through folders as a pipeline runs it, is what plain scikit-learn gives."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from atelier.components import catalogue, context, running, values
from atelier.components.declaring import PortType
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split

pytestmark = pytest.mark.pure

FEATURES = ["wheel-base", "curb-weight", "engine-size", "horsepower", "city-mpg"]
STEPS: list[tuple[str, str, dict[str, str], dict[str, Any]]] = [  # node, component, wires (port: node.port), parameters
    ("cars", "automobile_price", {}, {}),
    ("select", "select_columns_in_dataset", {"dataset": "cars.dataset"}, {"columns": ", ".join([*FEATURES, "price"])}),
    (
        "clean",
        "clean_missing_data",
        {"dataset": "select.results_dataset"},
        {"cleaning_mode": "Remove entire row", "columns": "all"},
    ),
    ("split", "split_data", {"dataset": "clean.cleaned_dataset"}, {"fraction_of_rows": 0.75, "seed": 42}),
    ("learner", "linear_regression", {}, {"l2_regularization_weight": 0}),
    (
        "train",
        "train_model",
        {"untrained_model": "learner.untrained_model", "dataset": "split.results_dataset1"},
        {"label_column": "price"},
    ),
    ("score", "score_model", {"trained_model": "train.trained_model", "dataset": "split.results_dataset2"}, {}),
    ("evaluate", "evaluate_model", {"scored_dataset": "score.scored_dataset"}, {}),
]


def carried_out(folder: Path) -> None:
    for node, name, wires, parameters in STEPS:
        component = catalogue.named(name)
        inputs = {port: folder / wire for port, wire in wires.items()}
        outputs = {port.name: folder / f"{node}.{port.name}" for port in component.outputs}
        assert list(running.run(component, inputs, outputs, parameters, context.Context()))


def test_the_figures_are_those_of_plain_scikit_learn(tmp_path: Path) -> None:
    carried_out(tmp_path)
    frame = values.load(PortType.DATASET, tmp_path / "cars.dataset").frame[[*FEATURES, "price"]].dropna()
    train, test = train_test_split(frame, train_size=0.75, random_state=42)
    model = LinearRegression().fit(train[FEATURES], train["price"])
    told = model.predict(test[FEATURES])

    scored = values.load(PortType.DATASET, tmp_path / "score.scored_dataset").frame
    pd.testing.assert_series_equal(scored["Scored Labels"], pd.Series(told, name="Scored Labels"), rtol=1e-9)
    evaluation = values.load(PortType.EVALUATION, tmp_path / "evaluate.evaluation_results")
    metrics = evaluation["runs"][0]["metrics"]
    assert abs(metrics["coefficient_of_determination"] - r2_score(test["price"], told)) < 1e-9
    assert metrics["mean_absolute_error"] == pytest.approx(mean_absolute_error(test["price"], told), rel=1e-9)
    assert values.view(tmp_path / "train.trained_model")["kind"] == "model"
    assert values.view(tmp_path / "evaluate.evaluation_results")["kind"] == "evaluation"
