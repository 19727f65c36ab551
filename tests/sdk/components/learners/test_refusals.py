"""What does not fit a learner is told in one sentence that says what to do."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from atelier.components.errors import ComponentError
from atelier.components.tables import LABEL, SCORE, Column, Table

from tests.sdk.components.real_tables import cancer, diabetes, iris, trained
from tests.sdk.components.tables_at_hand import carried

pytestmark = pytest.mark.pure


def changed(table: Table, **columns: Any) -> Table:
    return Table(table.frame.assign(**columns))


def with_gap() -> Table:
    return changed(diabetes(), bmi=diabetes().frame["bmi"].where(diabetes().frame.index > 2))


REFUSED: dict[str, tuple[str, Table, str, str]] = {
    "a label that is not there": ("linear_regression", diabetes(), "price", "There is no column 'price'"),
    "a label with gaps": (
        "linear_regression",
        changed(diabetes(), target=diabetes().frame["target"].where(diabetes().frame.index > 4)),
        "target",
        "missing in 5 of 442 rows: take such rows out with Clean Missing Data",
    ),
    "a text as the label of a regression": ("linear_regression", cancer(), "target", "holds no numbers"),
    "three classes for a learner of two": (
        "two_class_decision_forest",
        iris(),
        "target",
        "has 3 different values, and Two-Class Decision Forest tells two apart: choose a multiclass learner",
    ),
    "one class only": ("multiclass_decision_forest", changed(iris(), target="setosa"), "target", "holds only 'setosa'"),
    "a number with too many values as a class": (
        "multiclass_decision_forest",
        Table(pd.DataFrame({"x": np.arange(1500.0), "target": np.arange(1500.0)})),
        "target",
        "choose another column, or a regression",
    ),
    "no rows": ("linear_regression", Table(diabetes().frame.head(0)), "target", "The table has no rows"),
    "no features": ("linear_regression", Table(diabetes().frame[["target"]]), "target", "at least one feature column"),
    "a feature with gaps": (
        "linear_regression",
        with_gap(),
        "target",
        "Column 'bmi' is missing in 3 of 442 rows, and Linear Regression needs every value",
    ),
    "infinite values": ("linear_regression", changed(diabetes(), bmi=np.inf), "target", "bound them with Clip Values"),
    "dates": ("linear_regression", changed(diabetes(), day=pd.Timestamp("2026-01-01")), "target", "holds dates"),
    "counts below zero": ("poisson_regression", changed(diabetes(), target=-1.0), "target", "numbers below zero"),
    "settings that leave no rows": ("lightgbm_regressor", Table(diabetes().frame.head(40)), "target", "Check failed"),
    "a learner that needs no label": ("pca_based_anomaly_detection", diabetes(), "target", "learns without a label"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_told(case: str) -> None:
    learner, table, label, sentence = REFUSED[case]

    with pytest.raises(ComponentError) as refused:
        trained(learner, table, label, **({"row_fraction": 0.01} if sentence == "Check failed" else {}))

    assert sentence in refused.value.sentence
    assert refused.value.sentence.endswith((".", ")"))


def test_boosted_trees_take_missing_numbers() -> None:
    scored = trained("boosted_decision_tree_regression", with_gap()).score(with_gap())

    assert scored.frame["Scored Labels"].notna().all()


def cars(*makes: str) -> Table:
    return Table(
        pd.DataFrame({"make": list(makes), "power": range(len(makes)), "price": [10.0 * n for n in range(len(makes))]})
    )


def test_an_unseen_category_is_scored_as_none_of_the_known_ones_or_refused_as_wanted() -> None:
    known, unseen = cars("audi", "bmw", "audi", "bmw", "audi"), cars("saab")

    allowed = trained("linear_regression", known, "price").score(unseen)
    assert allowed.frame["Scored Labels"].notna().all()
    strict = trained("linear_regression", known, "price", allow_unknown_categorical_levels=False)
    with pytest.raises(ComponentError, match="Column 'make' holds 'saab', which was not there when Linear Regression"):
        strict.score(unseen)


def test_a_table_without_a_column_of_the_training_is_refused_and_one_of_another_order_is_not() -> None:
    model = trained("linear_regression", diabetes())
    turned = Table(diabetes().frame[diabetes().frame.columns[::-1]])

    expected = model.score(diabetes()).frame["Scored Labels"]
    pd.testing.assert_series_equal(model.score(turned).frame["Scored Labels"], expected)
    with pytest.raises(ComponentError, match="trained on columns that this table has not: 'bmi'"):
        model.score(Table(diabetes().frame.drop(columns="bmi")))
    with pytest.raises(ComponentError, match="held numbers when Linear Regression was trained"):
        model.score(changed(diabetes(), bmi="thin"))


def test_scoring_names_its_columns_and_marks_the_label() -> None:
    model = trained("two_class_logistic_regression", cancer())
    scored = model.score(cancer())

    assert list(scored.frame.columns[-2:]) == ["Scored Labels", "Scored Probabilities"]
    assert scored.column("Scored Probabilities") == Column(SCORE, kind="Scored Probabilities")
    assert scored.label == "target"
    assert scored.column("target").role == LABEL
    assert list(model.score(cancer(), append=False).frame.columns) == ["Scored Labels", "Scored Probabilities"]
    again = model.score(scored)
    assert list(again.frame.columns) == list(scored.frame.columns)
    unlabelled = Table(cancer().frame.drop(columns="target").head(0))
    assert list(model.score(unlabelled).frame.columns[-2:]) == ["Scored Labels", "Scored Probabilities"]


def test_scores_and_labels_are_no_features() -> None:
    scored = trained("linear_regression", diabetes()).score(diabetes())

    again = trained("linear_regression", scored)

    assert "Scored Labels" not in again.features.columns
    assert again.features.columns == [name for name in diabetes().frame.columns if name != "target"]


def test_booleans_and_whole_numbers_are_classes_as_they_are() -> None:
    flags = changed(cancer(), target=cancer().frame["target"] == "benign")
    scored = trained("two_class_decision_forest", flags).score(flags).frame

    assert set(scored["Scored Labels"]) == {True, False}
    numbers = changed(iris(), target=iris().frame["target"].map({"setosa": 3, "versicolor": 10, "virginica": 200}))
    model = trained("multiclass_decision_forest", numbers)
    assert model.score_columns[:3] == [f"Scored Probabilities_{one}" for one in (3, 10, 200)]
    assert set(model.score(numbers).frame["Scored Labels"]) == {3, 10, 200}
    floats = trained("multiclass_decision_forest", changed(numbers, target=numbers.frame["target"].astype(float)))
    assert floats.score_columns == model.score_columns


def test_a_range_of_values_makes_a_grid_and_whole_numbers_stay_whole() -> None:
    made = carried(
        "two_class_boosted_decision_tree", create_trainer_mode="Parameter Range", learning_rate_range="0.1; 0.2"
    )
    untrained = made["untrained_model"]

    assert len(untrained.grid()) == 4 * 3 * 2 * 3
    assert untrained.grid()[0]["maximum_number_of_leaves_per_tree"] == 2
    assert isinstance(untrained.grid()[0]["maximum_number_of_leaves_per_tree"], int)
    with pytest.raises(ComponentError, match="takes whole numbers; 2.5 is none"):
        carried(
            "two_class_boosted_decision_tree",
            create_trainer_mode="Parameter Range",
            maximum_number_of_leaves_per_tree_range="2.5",
        )


def test_views_show_settings_and_coefficients() -> None:
    view = trained("linear_regression", diabetes()).view()

    assert ["Label column", "target"] in [list(fact) for fact in view["facts"]]
    assert ["L2 regularization weight", 0.001] in [list(fact) for fact in view["facts"]]
    assert view["tables"][0]["title"] == "Coefficients"
    assert view["tables"][0]["rows"][0][0] == "(Intercept)"
    shares = trained("lightgbm_classifier", iris()).view()["tables"][0]
    assert shares["title"] == "Feature importances"
    assert sum(row[2] for row in shares["rows"]) == pytest.approx(1)
