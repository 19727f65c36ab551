"""Evaluate Model gives scikit-learn's figures, and curves and thresholds a page can draw from alone."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from atelier.components import context, values
from atelier.components.declaring import PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import LABEL, Column, Table
from sklearn import metrics

from tests.sdk.components.real_tables import cancer, diabetes, iris, trained
from tests.sdk.components.tables_at_hand import carried

pytestmark = pytest.mark.pure
SAME = 1e-9


def evaluated(first: Table, second: Table | None = None) -> dict[str, Any]:
    inputs = {"scored_dataset": first, "scored_dataset_to_compare": second}
    evaluation: dict[str, Any] = carried("evaluate_model", inputs)["evaluation_results"]
    return evaluation


def halves(table: Table) -> tuple[Table, Table]:
    even = np.arange(len(table.frame)) % 2 == 0
    return table.with_frame(table.frame[even]), table.with_frame(table.frame[~even])


def scored(learner: str, table: Table, **parameters: Any) -> Table:
    first, second = halves(table)
    return trained(learner, first, **parameters).score(second)


def test_figures_of_a_regression_are_scikit_learns() -> None:
    table = scored("linear_regression", diabetes())
    true, told = table.frame["target"], table.frame["Scored Labels"]
    mean = np.full(len(true), true.mean())

    found = evaluated(table)["runs"][0]["metrics"]

    assert found == pytest.approx(
        {
            "mean_absolute_error": metrics.mean_absolute_error(true, told),
            "root_mean_squared_error": metrics.root_mean_squared_error(true, told),
            "relative_squared_error": metrics.mean_squared_error(true, told) / metrics.mean_squared_error(true, mean),
            "relative_absolute_error": metrics.mean_absolute_error(true, told)
            / metrics.mean_absolute_error(true, mean),
            "coefficient_of_determination": metrics.r2_score(true, told),
        },
        abs=SAME,
    )


def test_figures_of_two_classes_are_scikit_learns() -> None:
    table = scored("two_class_logistic_regression", cancer())
    true, share = table.frame["target"] == "malignant", table.frame["Scored Probabilities"]
    told = share >= 0.5

    run = evaluated(table)["runs"][0]

    expected = {
        "accuracy": metrics.accuracy_score(true, told),
        "precision": metrics.precision_score(true, told),
        "recall": metrics.recall_score(true, told),
        "f1_score": metrics.f1_score(true, told),
        "auc": metrics.roc_auc_score(true, share),
        "average_log_loss": metrics.log_loss(true, share),
    }
    assert {name: run["metrics"][name] for name in expected} == pytest.approx(expected, abs=SAME)
    assert (run["negative"], run["positive"]) == ("benign", "malignant")


def test_each_threshold_has_the_counts_of_scikit_learns_confusion_matrix() -> None:
    table = scored("two_class_decision_forest", cancer())
    true, share = table.frame["target"] == "malignant", table.frame["Scored Probabilities"]

    at = evaluated(table)["runs"][0]["thresholds"]

    assert at["threshold"][0] == 0
    assert at["threshold"][-1] == 1
    for place in range(0, len(at["threshold"]), 5):
        threshold = at["threshold"][place]
        matrix = metrics.confusion_matrix(true, share >= threshold).ravel().tolist()
        counts = [
            at[name][place] for name in ("true_negatives", "false_positives", "false_negatives", "true_positives")
        ]
        assert counts == matrix
        assert at["recall"][place] == pytest.approx(metrics.recall_score(true, share >= threshold))


def test_curves_are_thin_and_every_point_is_one_of_the_exact_curve() -> None:
    random = np.random.default_rng(3)
    true = random.integers(0, 2, 20_000)
    share = np.clip(true * 0.2 + random.uniform(0, 0.8, len(true)), 0, 1)
    table = Table(
        pd.DataFrame({"target": true, "Scored Labels": (share >= 0.5).astype(int), "Scored Probabilities": share}),
        {"target": Column(LABEL)},
    )

    curves = evaluated(table)["runs"][0]["curves"]

    false_rate, true_rate, _ = metrics.roc_curve(true, share, drop_intermediate=False)
    exact = set(zip(np.round(false_rate, 12), np.round(true_rate, 12), strict=True))
    drawn = list(zip(np.round(curves["roc"]["x"], 12), np.round(curves["roc"]["y"], 12), strict=True))
    assert len(drawn) <= 200
    assert set(drawn) <= exact
    assert drawn[0] == (0, 0)
    assert drawn[-1] == (1, 1)
    assert curves["auc"] == pytest.approx(metrics.roc_auc_score(true, share), abs=1e-12)
    assert np.trapezoid(curves["roc"]["y"], curves["roc"]["x"]) == pytest.approx(curves["auc"], abs=1e-3)
    assert curves["precision_recall"]["y"][-1] == pytest.approx(true.mean())
    assert curves["lift"]["y"][-1] == pytest.approx(1)
    assert max(len(curves[name]["x"]) for name in ("precision_recall", "lift")) <= 200


def test_a_perfect_model_has_the_corner_of_the_roc_curve() -> None:
    table = Table(
        pd.DataFrame({"y": [0, 0, 1, 1], "Scored Labels": [0, 0, 1, 1], "Scored Probabilities": [0.1, 0.2, 0.8, 0.9]}),
        {"y": Column(LABEL)},
    )

    curves = evaluated(table)["runs"][0]["curves"]

    assert curves["roc"] == {"x": [0, 0, 1], "y": [0, 1, 1]}
    assert curves["auc"] == 1


def test_figures_of_several_classes_are_scikit_learns() -> None:
    table = scored("multiclass_decision_forest", iris())
    true, told = table.frame["target"], table.frame["Scored Labels"]
    classes = ["setosa", "versicolor", "virginica"]
    shares = table.frame[[f"Scored Probabilities_{one}" for one in classes]]

    evaluation = evaluated(table)

    run = evaluation["runs"][0]
    assert run["confusion"] == metrics.confusion_matrix(true, told).tolist()
    expected = {
        "overall_accuracy": metrics.accuracy_score(true, told),
        "macro_precision": metrics.precision_score(true, told, average="macro"),
        "macro_recall": metrics.recall_score(true, told, average="macro"),
        "macro_f1_score": metrics.f1_score(true, told, average="macro"),
        "micro_precision": metrics.precision_score(true, told, average="micro"),
        "macro_auc": metrics.roc_auc_score(true, shares, multi_class="ovr"),
    }
    assert {name: run["metrics"][name] for name in expected} == pytest.approx(expected, abs=SAME)
    assert [row["class"] for row in run["by_class"]] == classes
    assert evaluation["charts"][0]["kind"] == "heatmap"


def test_quantiles_are_judged_by_pinball_loss_and_coverage() -> None:
    table = scored("fast_forest_quantile_regression", diabetes())
    true = table.frame["target"]

    found = evaluated(table)["runs"][0]["metrics"]

    for quantile in (0.25, 0.5, 0.75):
        loss = metrics.mean_pinball_loss(true, table.frame[f"Scored Labels_{quantile}"], alpha=quantile)
        assert found[f"quantile_loss_{quantile}"] == pytest.approx(loss)


def test_two_models_are_overlaid_and_their_figures_logged_apart() -> None:
    logged: dict[str, float] = {}

    class Run:
        def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
            logged.update(metrics)

    from atelier.components import catalogue, running

    inputs = {
        "scored_dataset": scored("two_class_logistic_regression", cancer()),
        "scored_dataset_to_compare": scored("two_class_decision_forest", cancer()),
    }
    made = running.carry_out(catalogue.named("evaluate_model"), inputs, {}, context.Context(run=Run()))
    evaluation = made["evaluation_results"]

    assert [chart["title"] for chart in evaluation["charts"]] == ["ROC curve", "Precision-recall curve", "Lift curve"]
    names = [series["name"] for series in evaluation["charts"][0]["series"]]
    assert names == ["Scored dataset", "Scored dataset to compare"]
    assert evaluation["tables"][0]["columns"] == ["Metric", *names]
    assert logged["auc"] == evaluation["runs"][0]["metrics"]["auc"]
    assert logged["compared_auc"] == evaluation["runs"][1]["metrics"]["auc"]


def test_a_model_that_is_never_wrong_has_one_bin_of_errors() -> None:
    right = Table(pd.DataFrame({"y": [1e12, 2e12], "Scored Labels": [1e12, 2e12]}), {"y": Column(LABEL)})

    histogram = evaluated(right)["charts"][1]["series"][0]

    assert histogram["counts"] == [2]
    assert len(histogram["edges"]) == 2


def test_an_anomaly_detector_is_judged_as_one_of_two_classes() -> None:
    frame = cancer().frame
    usual = Table(frame[frame["target"] == "benign"], {"target": Column(LABEL)})
    detector = carried("pca_based_anomaly_detection", enable_input_feature_mean_normalization=True)["untrained_model"]
    model = carried("train_anomaly_detection_model", {"untrained_model": detector, "dataset": usual})["trained_model"]

    run = evaluated(model.score(Table(frame, {"target": Column(LABEL)})))["runs"][0]

    assert "target" not in model.features.columns
    assert run["positive"] == "malignant"
    assert run["metrics"]["auc"] > 0.8


def test_a_test_set_of_one_class_has_figures_and_no_auc() -> None:
    table = scored("two_class_logistic_regression", cancer())
    benign = table.with_frame(table.frame[table.frame["target"] == "benign"])

    run = evaluated(benign)["runs"][0]

    assert run["metrics"]["accuracy"] > 0.9
    assert run["metrics"]["auc"] is None


REFUSED = {
    "no scores": (diabetes(), None, "The table has no score columns"),
    "no label": (
        Table(pd.DataFrame({"x": [1.0], "Scored Labels": [2.0]})),
        None,
        "mark it with Edit Metadata",
    ),
    "no rows": (
        Table(pd.DataFrame({"y": [None, 1.0], "Scored Labels": [2.0, None]}), {"y": Column(LABEL)}),
        None,
        "No row has both a score and a value in the label column 'y'",
    ),
    "a text label beside scored numbers": (
        Table(pd.DataFrame({"y": ["a", "b"], "Scored Labels": [2.0, 1.0]}), {"y": Column(LABEL)}),
        None,
        "Column 'y' holds no numbers",
    ),
    "two kinds of scores": (
        Table(pd.DataFrame({"y": [1.0], "Scored Labels": [2.0]}), {"y": Column(LABEL)}),
        Table(pd.DataFrame({"y": [1], "Scored Labels": [1], "Scored Probabilities": [0.7]}), {"y": Column(LABEL)}),
        "Scored dataset is scored by a regression model and Scored dataset to compare is scored by a binary model",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_judged_is_told(case: str) -> None:
    first, second, sentence = REFUSED[case]

    with pytest.raises(ComponentError) as refused:
        evaluated(first, second)

    assert sentence in refused.value.sentence


def test_an_evaluation_is_kept_as_json_with_a_view(tmp_path: Any) -> None:
    evaluation = evaluated(scored("linear_regression", diabetes()))

    values.store(PortType.EVALUATION, evaluation, tmp_path)

    assert json.loads((tmp_path / "evaluation.json").read_text())["runs"][0]["rows"] == 221
    view = values.view(tmp_path)
    assert [chart["kind"] for chart in view["charts"]] == ["scatter", "histogram"]
    assert view["tables"][0]["rows"][-1][0] == "Coefficient of determination (R²)"
