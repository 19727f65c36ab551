"""Recommending: by hand on small tables, and on real ratings against the library's own predictions."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from atelier.components import values
from atelier.components.declaring import PortType
from atelier.components.errors import ComponentError
from atelier.components.recommenders import TrainedRecommender
from atelier.components.tables import Table

from tests.sdk.components.tables_at_hand import carried, table

pytestmark = pytest.mark.pure
SCORE = "score_svd_recommender"
UNRATED = "From Unrated Items (to suggest new items to users)"


def trained(ratings: Table, **parameters: Any) -> TrainedRecommender:
    made = carried("train_svd_recommender", {"training_dataset": ratings}, **parameters)
    found: TrainedRecommender = made["trained_svd_recommender"]
    return found


@pytest.fixture(scope="module")
def small() -> Table:
    """Two tastes: users of one like what users of the other do not."""
    rows = [(f"u{user}", item, 5 if (user + item) % 2 else 1) for user in range(8) for item in range(6)]
    return Table(pd.DataFrame(rows, columns=["user", "item", "rating"]))


@pytest.fixture(scope="module")
def recommender(small: Table) -> TrainedRecommender:
    without = Table(small.frame[~((small.frame["user"] == "u0") & (small.frame["item"] >= 4))])
    return trained(without, number_of_factors=8, number_of_recommendation_algorithm_iterations=400, learning_rate=0.02)


def scored(
    recommender: TrainedRecommender, given: Table, training: Table | None = None, **parameters: Any
) -> pd.DataFrame:
    inputs = {"trained_svd_recommender": recommender, "dataset_to_score": given, "training_data": training}
    frame: pd.DataFrame = carried(SCORE, inputs, **parameters)["scored_dataset"].frame
    return frame


def test_ratings_that_were_never_given_are_foretold(
    recommender: TrainedRecommender, small: Table, tmp_path: Path
) -> None:
    values.store(PortType.RECOMMENDER, recommender, tmp_path)
    kept = values.load(PortType.RECOMMENDER, tmp_path)
    frame = scored(kept, table(u=["u0", "u0", "nobody"], i=[4, 5, 99]), recommender_prediction_kind="Rating Prediction")
    assert list(frame.columns) == ["User", "Item", "Scored Rating"]
    low, high, unknown = frame["Scored Rating"]
    assert low < 2 and high > 4 and unknown == pytest.approx(recommender.mean)
    assert ["Users", 8] in values.view(tmp_path)["facts"]


def test_items_are_recommended_of_all_of_the_rated_and_of_the_new_ones(
    recommender: TrainedRecommender, small: Table
) -> None:
    everything = scored(recommender, table(u=["u0", "u1"]), recommended_item_selection="From All Items")
    assert everything.columns.tolist() == ["User", *(f"Item {n}" for n in range(1, 6))]
    assert set(everything.iloc[0, 1:4]) == {1, 3, 5} and set(everything.iloc[1, 1:4]) == {0, 2, 4}
    rated = scored(recommender, table(u=["u0", "u0", "u1"], i=[1, 2, 3]), return_predicted_ratings=True)
    assert rated["User"].tolist() == ["u0"] and rated.loc[0, ["Item 1", "Item 2"]].tolist() == [1, 2]
    assert rated["Rating 1"][0] > 4 and pd.isna(rated["Item 3"][0])
    seen = Table(small.frame[small.frame["item"] < 4])
    new = scored(recommender, table(u=["u0"]), seen, recommended_item_selection=UNRATED)
    assert new.iloc[0, 1:3].tolist() == [5, 4] and new.iloc[0, 3:].isna().all()
    with pytest.raises(ComponentError, match="needs the training data"):
        scored(recommender, table(u=["u0"]), recommended_item_selection=UNRATED)


def test_numbers_and_texts_that_look_alike_are_the_same_user(small: Table) -> None:
    numbers = table(u=[1, 1, 2, 2], i=["10", "20", "10", "20"], r=[1.0, 5.0, 5.0, 1.0])
    found = trained(numbers, number_of_factors=2)
    asked = {"recommender_prediction_kind": "Rating Prediction"}
    alike = scored(found, table(u=["1", "2"], i=[10, 20]), **asked)["Scored Rating"]
    assert alike.tolist() == scored(found, table(u=[1, 2], i=["10", "20"]), **asked)["Scored Rating"].tolist()


def evaluated(truth: Table, given: Table, **parameters: Any) -> dict[str, Any]:
    inputs = {"test_dataset": truth, "scored_dataset": given}
    found: dict[str, Any] = carried("evaluate_recommender", inputs, **parameters)["metric"]
    return found


def test_predicted_ratings_are_judged_by_their_errors() -> None:
    truth = table(u=[1, 1, 2], i=["a", "b", "a"], r=[5, 3, 1])
    given = Table(pd.DataFrame({"User": [1, 1, 9], "Item": ["a", "b", "a"], "Scored Rating": [4.0, 6.0, 2.0]}))
    found = evaluated(truth, given)
    assert found["metrics"] == {"MAE": 2.0, "RMSE": pytest.approx(5**0.5)}
    assert found["facts"] == [["Pairs compared", 2]] and found["charts"][0]["kind"] == "histogram"


def test_recommended_items_are_judged_by_what_users_said_of_them() -> None:
    truth = table(u=[1, 1, 1, 2], i=["a", "b", "c", "a"], r=[5, 4, 1, 2])
    given = Table(pd.DataFrame({"User": [1, 2, 3], "Item 2": ["a", None, "a"], "Item 1": ["b", "a", "b"]}))
    found = evaluated(truth, given, relevance_threshold=4)["metrics"]
    best = 5 + 4 / np.log2(3)
    assert found["NDCG"] == pytest.approx(((4 + 5 / np.log2(3)) / best + 1) / 2)
    assert found["Precision at 2"] == pytest.approx((1 + 0) / 2) and found["Recall at 2"] == 1
    with pytest.raises(ComponentError, match="User, Item and Scored Rating"):
        evaluated(truth, truth)


@pytest.mark.parametrize(
    ("ratings", "sentence"),
    [
        (table(u=[1], i=[1]), "needs 3 columns"),
        (table(u=[1, None], i=[1, 1], r=[1, 2]), "'u' has missing values"),
        (table(u=[1], i=[1], r=["good"]), "ratings as numbers"),
        (table(u=["x", "x"], i=[1, 1], r=[1, 2]), "'x' rates the item 1 twice"),
    ],
)
def test_a_table_that_holds_no_ratings_is_refused(ratings: Table, sentence: str) -> None:
    with pytest.raises(ComponentError, match=sentence):
        trained(ratings)


def test_real_ratings_are_foretold_as_well_as_the_method_can() -> None:
    """Against the error that predicting each film's and each person's mean makes on the same rows."""
    ratings = carried("movie_ratings")["dataset"]
    parts = carried("split_data", {"dataset": ratings}, fraction_of_rows=0.8)
    train, test = parts["results_dataset1"], parts["results_dataset2"]
    found = trained(train, number_of_factors=20, number_of_recommendation_algorithm_iterations=20)
    given = scored(found, test, recommender_prediction_kind="Rating Prediction")
    error = evaluated(test, Table(given))["metrics"]["RMSE"]
    truth = test.frame["rating"]
    means = train.frame.groupby("movie")["rating"].mean()
    by_film = ((test.frame["movie"].map(means).fillna(found.mean) - truth) ** 2).mean() ** 0.5
    assert 0.80 < error < 0.86 < by_film - 0.05
    best = evaluated(test, Table(scored(found, test, maximum_number_of_items=3)))["metrics"]
    assert best["NDCG"] > 0.85 and best["Precision at 3"] > 0.6
