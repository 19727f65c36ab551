"""Clusters are scikit-learn's k-means, and rows are assigned to the nearest centre."""

import numpy as np
import pandas as pd
import pytest
from atelier.components.errors import ComponentError
from atelier.components.tables import LABEL, Column, Table
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import MinMaxScaler

from tests.sdk.components.real_tables import iris
from tests.sdk.components.tables_at_hand import carried, table

pytestmark = pytest.mark.pure
FEATURES = "all; exclude names target"
DISTANCES = [f"DistancesToClusterCenter no.{place}" for place in range(3)]


def clustered(dataset: Table, /, columns: str = FEATURES, **parameters: object) -> dict[str, object]:
    untrained = carried("k_means_clustering", **{"number_of_centroids": 3, **parameters})["untrained_model"]
    return carried("train_clustering_model", {"untrained_model": untrained, "dataset": dataset}, column_set=columns)


def test_k_means_gives_scikit_learns_assignments_and_distances() -> None:
    X = MinMaxScaler().fit_transform(iris().frame.drop(columns="target"))
    reference = KMeans(3, n_init=1, max_iter=100, random_state=0).fit(X)

    made = clustered(iris())

    frame = made["results_dataset"].frame
    assert list(frame["Assignments"]) == list(reference.predict(X))
    np.testing.assert_allclose(frame[DISTANCES], reference.transform(X), atol=1e-12)
    assert adjusted_rand_score(frame["target"], frame["Assignments"]) > 0.7
    assert made["trained_model"].features.columns == [name for name in iris().frame.columns if name != "target"]


def test_other_rows_are_assigned_as_in_training_and_evaluated() -> None:
    made = clustered(iris())

    assigned = carried("assign_data_to_clusters", {"trained_model": made["trained_model"], "dataset": iris()})
    alone = carried(
        "assign_data_to_clusters",
        {"trained_model": made["trained_model"], "dataset": iris()},
        append_or_result_only=False,
    )
    evaluation = carried("evaluate_model", {"scored_dataset": assigned["results_dataset"]})["evaluation_results"]

    pd.testing.assert_frame_equal(assigned["results_dataset"].frame, made["results_dataset"].frame)
    assert list(alone["results_dataset"].frame.columns) == ["Assignments", *DISTANCES]
    run = evaluation["runs"][0]
    assert sum(one["rows"] for one in run["clusters"]) == 150
    assert 0.3 < run["metrics"]["separation"] < 1
    assert run["metrics"]["average_distance_to_center"] < run["metrics"]["average_distance_to_other_center"]


def test_first_n_begins_with_the_first_rows() -> None:
    made = clustered(table(x=[0.0, 10.0, 0.1, 10.1]), "x", number_of_centroids=2, initialization="First N")

    assert list(made["results_dataset"].frame["Assignments"]) == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("Ignore label column", ["low", None, "high", "high"]),
        ("Fill missing values", ["low", "low", "high", "high"]),
        ("Overwrite from closest to center", ["low", "low", "high", "high"]),
    ],
)
def test_the_label_column_becomes_what_its_mode_says(mode: str, expected: list[str | None]) -> None:
    frame = pd.DataFrame({"x": [0.0, 0.1, 10.0, 10.1], "kind": ["low", None, "high", "high"]})
    labelled = Table(frame, {"kind": Column(LABEL)})

    made = clustered(labelled, "x", number_of_centroids=2, initialization="First N", assign_label_mode=mode)

    kinds = made["results_dataset"].frame["kind"]
    assert [None if pd.isna(kind) else kind for kind in kinds] == expected


def test_more_centroids_than_rows_and_gaps_are_refused() -> None:
    with pytest.raises(ComponentError, match="3 centroids need at least 3 rows; the table has 2"):
        clustered(table(x=[1.0, 2.0]), "x")
    with pytest.raises(ComponentError, match="K-Means Clustering needs every value"):
        clustered(table(x=[1.0, None, 3.0]), "x")
