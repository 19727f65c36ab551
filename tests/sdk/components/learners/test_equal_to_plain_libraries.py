"""Each learner gives what plain scikit-learn, LightGBM or XGBoost give for the same settings."""

from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from atelier.components.tables import Table
from sklearn import ensemble, linear_model
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from tests.sdk.components.real_tables import cancer, diabetes, iris, trained

pytestmark = pytest.mark.pure
SAME = 1e-9


def plain(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """The features and the labels, classes by their place."""
    labels = table.frame["target"]
    codes = labels.astype("category").cat.codes if not pd.api.types.is_numeric_dtype(labels) else labels
    return table.frame.drop(columns="target").to_numpy(dtype="float64"), codes.to_numpy()


REGRESSIONS: dict[str, tuple[dict[str, Any], Callable[[], Any]]] = {
    "linear_regression": ({}, lambda: linear_model.Ridge(alpha=0.001)),
    "linear_regression without regularization": (
        {"l2_regularization_weight": 0},
        linear_model.LinearRegression,
    ),
    "linear_regression by gradient descent": (
        {"solution_method": "Online Gradient Descent"},
        lambda: TransformedTargetRegressor(
            make_pipeline(
                MinMaxScaler(),
                linear_model.SGDRegressor(alpha=0.001, eta0=0.1, max_iter=10, tol=None, average=True, random_state=0),
            ),
            transformer=StandardScaler(),
        ),
    ),
    "boosted_decision_tree_regression": (
        {},
        lambda: lightgbm.LGBMRegressor(
            num_leaves=20, min_child_samples=10, learning_rate=0.2, n_estimators=100, n_jobs=1, verbose=-1
        ),
    ),
    "decision_forest_regression": (
        {},
        lambda: ensemble.RandomForestRegressor(n_estimators=8, max_depth=32, random_state=0),
    ),
    "decision_forest_regression of replicates": (
        {"resampling_method": "Replicate", "number_of_random_splits_per_node": 3},
        lambda: ensemble.ExtraTreesRegressor(n_estimators=8, max_depth=32, max_features=3, random_state=0),
    ),
    "xgboost_regressor": ({}, lambda: xgboost.XGBRegressor(n_jobs=1, random_state=0)),
    "lightgbm_regressor": ({}, lambda: lightgbm.LGBMRegressor(n_jobs=1, verbose=-1)),
}
CLASSIFIERS: dict[str, tuple[Callable[[], Table], Callable[[], Any]]] = {
    "two_class_boosted_decision_tree": (
        cancer,
        lambda: lightgbm.LGBMClassifier(
            num_leaves=20, min_child_samples=10, learning_rate=0.2, n_estimators=100, n_jobs=1, verbose=-1
        ),
    ),
    "two_class_decision_forest": (
        cancer,
        lambda: ensemble.RandomForestClassifier(n_estimators=8, max_depth=32, max_features=30, random_state=0),
    ),
    "multiclass_boosted_decision_tree": (
        iris,
        lambda: lightgbm.LGBMClassifier(
            num_leaves=20, min_child_samples=10, learning_rate=0.2, n_estimators=100, n_jobs=1, verbose=-1
        ),
    ),
    "multiclass_decision_forest": (
        iris,
        lambda: ensemble.RandomForestClassifier(n_estimators=8, max_depth=32, max_features=4, random_state=0),
    ),
    "xgboost_classifier": (iris, lambda: xgboost.XGBClassifier(n_jobs=1, random_state=0)),
    "lightgbm_classifier": (cancer, lambda: lightgbm.LGBMClassifier(n_jobs=1, verbose=-1)),
}


@pytest.mark.parametrize("case", REGRESSIONS)
def test_a_regression_predicts_what_the_library_does(case: str) -> None:
    parameters, build = REGRESSIONS[case]
    X, y = plain(diabetes())

    scored = trained(case.split(" ")[0], diabetes(), **parameters).score(diabetes())

    np.testing.assert_allclose(scored.frame["Scored Labels"], build().fit(X, y).predict(X), rtol=SAME)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_gives_the_probabilities_of_the_library(name: str) -> None:
    table, build = CLASSIFIERS[name]
    X, y = plain(table())
    expected = build().fit(X, y).predict_proba(X)

    scored = trained(name, table()).score(table()).frame

    if "Scored Probabilities" in scored:
        np.testing.assert_allclose(scored["Scored Probabilities"], expected[:, 1], atol=SAME)
        assert list(scored["Scored Labels"]) == list(np.where(expected[:, 1] >= 0.5, "malignant", "benign"))
    else:
        classes = ["setosa", "versicolor", "virginica"]
        ours = scored[[f"Scored Probabilities_{one}" for one in classes]]
        np.testing.assert_allclose(ours, expected, atol=SAME)
        assert list(scored["Scored Labels"]) == [classes[place] for place in expected.argmax(axis=1)]


def test_linear_regression_of_numbers_and_texts_equals_one_hot_encoding_and_a_ridge_regression() -> None:
    """The steps that give the same numbers: ColumnTransformer(passthrough, OneHotEncoder) and Ridge(alpha=0.001)."""
    frame = diabetes().frame.assign(sex=diabetes().frame["sex"].map({1.0: "f", 2.0: "m"}))
    encode = ColumnTransformer(
        [("texts", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["sex"])], remainder="passthrough"
    )
    steps = make_pipeline(encode, linear_model.Ridge(alpha=0.001))
    expected = steps.fit(frame.drop(columns="target"), frame["target"]).predict(frame.drop(columns="target"))

    scored = trained("linear_regression", Table(frame)).score(Table(frame)).frame

    np.testing.assert_allclose(scored["Scored Labels"], expected, rtol=SAME)


@pytest.mark.parametrize(("name", "table"), [("two_class", cancer), ("multiclass", iris)])
def test_logistic_regression_without_l1_equals_scikit_learn_on_scaled_features(
    name: str, table: Callable[[], Table]
) -> None:
    X, y = plain(table())
    steps = make_pipeline(StandardScaler(), linear_model.LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000))
    expected = steps.fit(X, y).predict_proba(X)

    model = trained(f"{name}_logistic_regression", table(), l1_regularization_weight=0, optimization_tolerance=1e-14)

    np.testing.assert_allclose(model.probabilities(X), expected, atol=1e-5)


def test_an_l1_weight_makes_coefficients_zero_where_scikit_learn_does() -> None:
    X, y = plain(cancer())
    scaled = StandardScaler().fit_transform(X)
    reference = linear_model.LogisticRegression(l1_ratio=1, C=0.1, solver="liblinear", intercept_scaling=1e4, tol=1e-8)
    reference.fit(scaled, y)

    model = trained(
        "two_class_logistic_regression",
        cancer(),
        l1_regularization_weight=10,
        l2_regularization_weight=0,
        optimization_tolerance=1e-14,
    )

    ours = model.estimator.coef_[0] * X.std(axis=0)
    np.testing.assert_allclose(ours, reference.coef_[0], atol=2e-3)
    assert 0 < (np.abs(ours) < 1e-6).sum() < 30


def test_poisson_regression_without_l1_equals_scikit_learn_on_scaled_features() -> None:
    X, y = plain(diabetes())
    steps = make_pipeline(StandardScaler(), linear_model.PoissonRegressor(alpha=1 / len(y), tol=1e-10, max_iter=10_000))
    expected = steps.fit(X, y).predict(X)

    model = trained("poisson_regression", diabetes(), l1_regularization_weight=0, optimization_tolerance=1e-14)

    np.testing.assert_allclose(model.estimator.predict(X), expected, rtol=1e-5)


def test_the_quantile_forest_covers_the_shares_it_names() -> None:
    scored = trained("fast_forest_quantile_regression", diabetes()).score(diabetes()).frame

    for quantile in (0.25, 0.5, 0.75):
        share = (scored["target"] <= scored[f"Scored Labels_{quantile}"]).mean()
        assert abs(share - quantile) < 0.1
    assert (scored["Scored Labels_0.25"] <= scored["Scored Labels_0.75"]).all()


@pytest.mark.parametrize(
    ("name", "table", "least"),
    [
        ("two_class_averaged_perceptron", cancer, 0.97),
        ("two_class_support_vector_machine", cancer, 0.97),
        ("two_class_neural_network", cancer, 0.95),
        ("multiclass_neural_network", iris, 0.9),
    ],
)
def test_learners_of_their_own_kind_tell_classes_apart(name: str, table: Callable[[], Table], least: float) -> None:
    scored = trained(name, table()).score(table()).frame

    assert (scored["Scored Labels"] == scored["target"]).mean() >= least


def test_a_neural_network_regression_finds_what_a_linear_one_does() -> None:
    scored = trained("neural_network_regression", diabetes()).score(diabetes()).frame

    error = ((scored["target"] - scored["Scored Labels"]) ** 2).sum()
    assert 1 - error / ((scored["target"] - scored["target"].mean()) ** 2).sum() > 0.45


def test_one_vs_all_equals_scikit_learns_of_the_same_learner() -> None:
    from tests.sdk.components.tables_at_hand import carried

    X, y = plain(iris())
    forest = ensemble.RandomForestClassifier(n_estimators=8, max_depth=32, max_features=4, random_state=0)
    expected = OneVsRestClassifier(forest).fit(X, y).predict_proba(X)
    inner = carried("two_class_decision_forest")["untrained_model"]
    outer = carried("one_vs_all_multiclass", {"untrained_binary_classification_model": inner})["untrained_model"]
    model = carried("train_model", {"untrained_model": outer, "dataset": iris()}, label_column="target")

    np.testing.assert_allclose(model["trained_model"].probabilities(X), expected, atol=SAME)


def test_one_vs_one_tells_three_species_apart_with_a_learner_of_two() -> None:
    from tests.sdk.components.tables_at_hand import carried

    inner = carried("two_class_logistic_regression", create_trainer_mode="Parameter Range")["untrained_model"]
    outer = carried("one_vs_one_multiclass", {"untrained_binary_classification_model": inner})["untrained_model"]
    model = carried("train_model", {"untrained_model": outer, "dataset": iris()}, label_column="target")
    scored = model["trained_model"].score(iris()).frame

    assert len(outer.grid()) == len(inner.grid()) > 1
    assert (scored["Scored Labels"] == scored["target"]).mean() > 0.93
    shares = scored[[name for name in scored if name.startswith("Scored Probabilities_")]]
    np.testing.assert_allclose(shares.sum(axis=1), 1)
