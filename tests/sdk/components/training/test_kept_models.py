"""A model that was kept in a folder scores as before it was, and says of itself what a page needs."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from atelier.components import values
from atelier.components.declaring import PortType

from tests.sdk.components.real_tables import cancer, diabetes, iris, trained
from tests.sdk.components.tables_at_hand import carried

pytestmark = pytest.mark.pure
KEPT = {
    "linear_regression": diabetes,
    "poisson_regression": diabetes,
    "fast_forest_quantile_regression": diabetes,
    "two_class_support_vector_machine": cancer,
    "xgboost_classifier": iris,
    "multiclass_logistic_regression": iris,
}


@pytest.mark.parametrize("learner", KEPT)
def test_a_kept_model_scores_the_same(learner: str, tmp_path: Path) -> None:
    table = KEPT[learner]()
    model = trained(learner, table)

    values.store(PortType.TRAINED_MODEL, model, tmp_path)
    again = values.load(PortType.TRAINED_MODEL, tmp_path)

    pd.testing.assert_frame_equal(again.score(table).frame, model.score(table).frame)
    about = values.about(tmp_path)
    assert about["component"] == learner
    assert about["label_column"] == "target"
    assert values.view(tmp_path)["tables"]


def test_a_learner_made_of_another_and_clusters_are_kept_too(tmp_path: Path) -> None:
    inner = carried("two_class_logistic_regression", create_trainer_mode="Parameter Range")["untrained_model"]
    outer = carried("one_vs_all_multiclass", {"untrained_binary_classification_model": inner})["untrained_model"]
    values.store(PortType.UNTRAINED_MODEL, outer, tmp_path / "learner")
    loaded = values.load(PortType.UNTRAINED_MODEL, tmp_path / "learner")
    found = clustered()
    values.store(PortType.TRAINED_CLUSTER, found, tmp_path / "clusters")

    assert loaded.grid() == outer.grid()
    assert values.view(tmp_path / "learner")["facts"][-1] == ["Binary learner", "Two-Class Logistic Regression"]
    again = values.load(PortType.TRAINED_CLUSTER, tmp_path / "clusters")
    pd.testing.assert_frame_equal(again.assign(iris()).frame, found.assign(iris()).frame)


def clustered() -> Any:
    untrained = carried("k_means_clustering", number_of_centroids=3)["untrained_model"]
    inputs = {"untrained_model": untrained, "dataset": iris()}
    return carried("train_clustering_model", inputs, column_set="all; exclude names target")["trained_model"]


def test_training_twice_gives_the_same_file(tmp_path: Path) -> None:
    for name in ("first", "second"):
        values.store(PortType.TRAINED_MODEL, trained("multiclass_boosted_decision_tree", iris()), tmp_path / name)

    assert (tmp_path / "first" / "model.joblib").read_bytes() == (tmp_path / "second" / "model.joblib").read_bytes()
