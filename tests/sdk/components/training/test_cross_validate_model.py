"""Cross Validate Model judges each row by a model that never saw it."""

import numpy as np
import pytest
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from sklearn import linear_model, metrics, model_selection

from tests.sdk.components.real_tables import diabetes, iris
from tests.sdk.components.tables_at_hand import carried

pytestmark = pytest.mark.pure


def test_every_row_is_scored_by_the_model_of_the_other_folds() -> None:
    untrained = carried("linear_regression")["untrained_model"]
    frame = diabetes().frame
    X, y = frame.drop(columns="target"), frame["target"]
    folds = model_selection.KFold(5, shuffle=True, random_state=7)
    expected = model_selection.cross_val_predict(linear_model.Ridge(alpha=0.001), X, y, cv=folds)

    made = carried(
        "cross_validate_model",
        {"untrained_model": untrained, "dataset": diabetes()},
        label_column="target",
        number_of_folds=5,
        random_seed=7,
    )

    scored, by_fold = made["scored_results"], made["evaluation_results_by_fold"].frame
    np.testing.assert_allclose(scored.frame["Scored Labels"], expected, rtol=1e-9)
    assert scored.label == "target"
    assert list(by_fold["Fold Number"]) == ["1", "2", "3", "4", "5", "Mean", "Standard Deviation"]
    assert by_fold["Number of examples in fold"][:5].sum() == 442
    errors = by_fold["Mean absolute error"]
    assert errors[5] == pytest.approx(errors[:5].mean())
    assert errors[6] == pytest.approx(errors[:5].std())
    first = scored.frame[scored.frame["Fold Number"] == 1]
    assert errors[0] == pytest.approx(metrics.mean_absolute_error(first["target"], first["Scored Labels"]))


def test_folds_that_partition_and_sample_assigned_are_taken_and_are_no_feature() -> None:
    mode = {"partition_or_sample_mode": "Assign to Folds", "number_of_folds": 3}
    parted = carried("partition_and_sample", {"dataset": iris()}, **mode)["results_dataset"]
    untrained = carried("multiclass_decision_forest")["untrained_model"]

    made = carried("cross_validate_model", {"untrained_model": untrained, "dataset": parted}, label_column="target")

    by_fold = made["evaluation_results_by_fold"].frame
    assert list(by_fold["Fold Number"]) == ["1", "2", "3", "Mean", "Standard Deviation"]
    assert by_fold["Overall accuracy"][3] > 0.9
    assert len(made["scored_results"].frame) == 150


def test_more_folds_than_rows_are_refused() -> None:
    untrained = carried("linear_regression")["untrained_model"]
    few = Table(diabetes().frame.head(4))

    with pytest.raises(ComponentError, match="10 folds need at least 10 rows; the table has 4"):
        carried("cross_validate_model", {"untrained_model": untrained, "dataset": few}, label_column="target")
