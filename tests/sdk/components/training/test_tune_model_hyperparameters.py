"""Tune Model Hyperparameters tries a learner's lists and trains the best."""

from typing import Any

import pytest
from atelier.components.errors import ComponentError
from atelier.components.training import sweeps
from sklearn import linear_model, model_selection
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from tests.sdk.components.real_tables import cancer, diabetes, iris, trained
from tests.sdk.components.tables_at_hand import carried

pytestmark = pytest.mark.pure


def forest(**parameters: Any) -> Any:
    given = {
        "create_trainer_mode": "Parameter Range",
        "number_of_decision_trees_range": "1; 4",
        "maximum_depth_of_the_decision_trees_range": "1; 8",
        "number_of_random_splits_per_node_range": "2",
        "minimum_number_of_samples_per_leaf_node_range": "1",
    }
    return carried("multiclass_decision_forest", **{**given, **parameters})["untrained_model"]


def test_the_entire_grid_is_tried_and_the_best_is_trained_on_all_rows() -> None:
    made = carried(
        "tune_model_hyperparameters",
        {"untrained_model": forest(), "training_dataset": iris()},
        parameter_sweeping_mode="Entire grid",
        label_column="target",
        number_of_folds=3,
    )

    results, best = made["sweep_results"].frame, made["trained_best_model"]
    assert len(results) == 4
    assert results["Overall accuracy"].is_monotonic_decreasing
    assert best.untrained.parameters["maximum_depth_of_the_decision_trees"] == 8
    assert (
        best.untrained.parameters["maximum_depth_of_the_decision_trees"]
        == results["Maximum depth of the decision trees"][0]
    )
    assert best.rows == 150
    assert best.notes["Combinations tried"] == 4


def test_a_smaller_error_is_better_and_a_validation_table_is_judged_by() -> None:
    learner = carried(
        "linear_regression",
        solution_method="Online Gradient Descent",
        create_trainer_mode="Parameter Range",
        learning_rate_range="0.000001; 0.1",
        number_of_training_epochs_range="10",
    )["untrained_model"]

    made = carried(
        "tune_model_hyperparameters",
        {"untrained_model": learner, "training_dataset": diabetes(), "validation_dataset": diabetes()},
        parameter_sweeping_mode="Entire grid",
        label_column="target",
        metric_for_measuring_performance_for_regression="Root mean squared error",
    )

    assert list(made["sweep_results"].frame["Learning rate"]) == [0.1, 0.000001]


def test_values_by_chance_lie_between_the_least_and_the_largest() -> None:
    drawn = sweeps.combinations(forest(), sweeps.RANDOM_SWEEP, 20, seed=1)
    again = sweeps.combinations(forest(), sweeps.RANDOM_SWEEP, 20, seed=1)
    some = sweeps.combinations(forest(), sweeps.RANDOM_GRID, 3, seed=1)

    assert drawn == again
    assert {one["number_of_decision_trees"] for one in drawn} == {1, 2, 3, 4}
    assert len(some) == 3
    assert all(one in forest().grid() for one in some)


def test_a_combination_that_cannot_be_trained_stands_last_with_its_reason() -> None:
    detector = {"l1_regularization_weight_range": "0", "l2_regularization_weight_range": "0.1; 1"}
    learner = carried("two_class_logistic_regression", create_trainer_mode="Parameter Range", **detector)[
        "untrained_model"
    ]
    judged = [
        sweeps.Judged({"l2_regularization_weight": 0.1}, problem="It ran away."),
        sweeps.Judged({"l2_regularization_weight": 1.0}, {"auc": 0.9}),
    ]

    ranked = sweeps.ranked(judged, "auc")
    frame = sweeps.as_table(learner, ranked).frame

    assert list(frame["L2 regularization weight"]) == [1.0, 0.1]
    assert frame["Problem"][1] == "It ran away."
    with pytest.raises(ComponentError, match="No combination could be judged: It ran away"):
        sweeps.ranked(judged[:1], "auc")


def test_a_label_that_does_not_fit_is_told_at_once() -> None:
    with pytest.raises(ComponentError, match="holds no numbers"):
        carried(
            "tune_model_hyperparameters",
            {"untrained_model": carried("linear_regression")["untrained_model"], "training_dataset": cancer()},
            label_column="target",
        )


def test_cross_validated_figures_are_the_mean_over_the_folds() -> None:
    frame = cancer().frame
    steps = make_pipeline(
        MinMaxScaler(),
        linear_model.SGDClassifier(
            loss="perceptron",
            penalty=None,
            learning_rate="constant",
            eta0=1.0,
            max_iter=10,
            tol=None,
            average=True,
            random_state=0,
        ),
    )
    folds = model_selection.StratifiedKFold(3, shuffle=True, random_state=0)
    X, y = frame.drop(columns="target"), frame["target"] == "malignant"
    expected = model_selection.cross_val_score(steps, X, y, cv=folds, scoring="roc_auc").mean()
    learner = carried("two_class_averaged_perceptron")["untrained_model"]

    made = carried(
        "tune_model_hyperparameters",
        {"untrained_model": learner, "training_dataset": cancer()},
        label_column="target",
        metric_for_measuring_performance_for_classification="AUC",
        number_of_folds=3,
    )

    assert made["sweep_results"].frame["AUC"][0] == pytest.approx(expected, abs=1e-9)


def test_train_model_takes_the_first_value_of_each_list_and_explains_when_asked() -> None:
    made = carried(
        "train_model", {"untrained_model": forest(), "dataset": iris()}, label_column="target", model_explanations=True
    )

    model = made["trained_model"]
    assert model.untrained.parameters["number_of_decision_trees"] == 1
    assert model.untrained.ranges == {}
    titles = [table["title"] for table in model.view()["tables"]]
    assert titles == ["Feature importances", "Loss of accuracy without the column"]
    assert trained("multiclass_decision_forest", iris()).explained == ()


def test_a_detector_is_tuned_by_the_label_that_it_does_not_learn_from() -> None:
    detector = carried(
        "pca_based_anomaly_detection",
        create_trainer_mode="Parameter Range",
        number_of_components_to_use_in_pca_range="1; 5",
        oversampling_parameter_for_randomized_pca_range="2",
        enable_input_feature_mean_normalization=True,
    )["untrained_model"]

    made = carried(
        "tune_model_hyperparameters",
        {"untrained_model": detector, "training_dataset": cancer(), "validation_dataset": cancer()},
        parameter_sweeping_mode="Entire grid",
        label_column="target",
        metric_for_measuring_performance_for_classification="AUC",
    )

    assert len(made["sweep_results"].frame) == 2
    assert made["sweep_results"].frame["AUC"].is_monotonic_decreasing
    assert "target" not in made["trained_best_model"].features.columns
