"""Score SVD Recommender: what users would say of items, or which items they would like best."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.recommendation import triples
from atelier.components.recommenders import Side, TrainedRecommender
from atelier.components.tables import SCORE, Column, Table

if TYPE_CHECKING:
    import pandas as pd

RATING, RECOMMENDATION = "Rating Prediction", "Item Recommendation"
ALL = "From All Items"
RATED = "From Rated Items (for model evaluation)"
UNRATED = "From Unrated Items (to suggest new items to users)"
SCORED_RATING = "Scored Rating"
PORT = "dataset_to_score"
Allowed = Callable[[int, int], Any]


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    recommender: TrainedRecommender = inputs["trained_svd_recommender"]
    if parameters["recommender_prediction_kind"] == RATING:
        return {"scored_dataset": _rated(recommender, inputs[PORT])}
    return {"scored_dataset": _recommended(recommender, inputs, parameters)}


def _rated(recommender: TrainedRecommender, table: Table) -> Table:
    pairs = triples.read(table, 2, port=PORT)
    scored = pairs.set_axis(["User", "Item"], axis=1)
    scored[SCORED_RATING] = recommender.ratings(pairs["user"], pairs["item"])
    return Table(scored.reset_index(drop=True)).marked([SCORED_RATING], Column(SCORE, kind=SCORED_RATING))


def _recommended(recommender: TrainedRecommender, inputs: Mapping[str, Any], parameters: Mapping[str, Any]) -> Table:
    import pandas as pd

    most = parameters["maximum_number_of_items"]
    users, allowed = _choice(recommender, inputs, parameters)
    found = list(recommender.best(users, allowed, most))
    # Whole numbers stay whole where a user gets fewer items than others.
    kind = "Int64" if pd.api.types.is_integer_dtype(recommender.items.names) else None
    columns = {"User": users}
    for place in range(most):
        items = [best.items[place] if place < len(best.items) else None for best in found]
        columns[f"Item {place + 1}"] = pd.Series(items, dtype=kind)
        if parameters["return_predicted_ratings"]:
            ratings = [best.ratings[place] if place < len(best.ratings) else None for best in found]
            columns[f"Rating {place + 1}"] = pd.Series(ratings, dtype="float64")
    return Table(pd.DataFrame(columns)).marked([name for name in columns if name != "User"], Column(SCORE))


def _choice(
    recommender: TrainedRecommender, inputs: Mapping[str, Any], parameters: Mapping[str, Any]
) -> tuple[pd.Series, Allowed]:
    """For whom items are looked for, and which of them each may get."""
    selection = parameters["recommended_item_selection"]
    if selection == RATED:
        return _from_rated(recommender, inputs[PORT], parameters["minimum_size_of_the_recommendation_pool"])
    users = triples.read(inputs[PORT], 1, port=PORT)["user"].drop_duplicates().reset_index(drop=True)
    if selection == ALL:
        return users, _everything(recommender)
    if inputs.get("training_data") is None:
        raise ComponentError(f"{UNRATED} needs the training data: connect it.", port="training_data")
    seen = triples.read(inputs["training_data"], 2, port="training_data")
    return users, _pairs(recommender, users, seen, is_allowed=False)


def _everything(recommender: TrainedRecommender) -> Allowed:
    import numpy as np

    return lambda start, stop: np.ones((stop - start, len(recommender.items.names)), dtype=bool)


def _from_rated(recommender: TrainedRecommender, table: Table, least: int) -> tuple[pd.Series, Allowed]:
    pairs = triples.read(table, 2, port=PORT).drop_duplicates()
    known = pairs[recommender.items.places(pairs["item"]) >= 0]
    sizes = known.groupby("user", sort=False)["item"].size()
    users = sizes[sizes >= least].index.to_series().reset_index(drop=True)
    return users, _pairs(recommender, users, known, is_allowed=True)


def _pairs(recommender: TrainedRecommender, users: pd.Series, pairs: pd.DataFrame, *, is_allowed: bool) -> Allowed:
    """Just the items that a user has in `pairs`, or all but these."""
    import numpy as np
    from scipy import sparse

    rows = _rows_of(users, pairs["user"])
    columns = recommender.items.places(pairs["item"])
    both = (rows >= 0) & (columns >= 0)
    shape = (len(users), len(recommender.items.names))
    held = sparse.csr_matrix((np.ones(int(both.sum()), dtype=bool), (rows[both], columns[both])), shape=shape)

    def allowed(start: int, stop: int) -> Any:
        mask = held[start:stop].toarray().astype(bool)
        return mask if is_allowed else ~mask

    return allowed


def _rows_of(users: pd.Series, given: pd.Series) -> Any:
    import pandas as pd

    return Side(pd.Index(users), None, None).places(given)


WHEN_RECOMMENDED = {"recommender_prediction_kind": (RECOMMENDATION,)}
COMPONENT = Component(
    name="score_svd_recommender",
    label="Score SVD Recommender",
    category="Recommendation",
    description="Predicts the rating of each user and item, in the column Scored Rating, or names the items that each "
    "user would like best, in Item 1, Item 2 and so on.",
    run=run,
    inputs=(
        Port("trained_svd_recommender", PortType.RECOMMENDER, label="Trained SVD recommender"),
        Port(PORT, PortType.DATASET, description="Users in the first column, items in the second"),
        Port(
            "training_data",
            PortType.DATASET,
            optional=True,
            description="Users and items that have met already; wanted for items not rated yet",
        ),
    ),
    outputs=(Port("scored_dataset", PortType.DATASET),),
    parameters=(
        Parameter(
            "recommender_prediction_kind",
            Kind.CHOICE,
            label="Recommender prediction kind",
            default=RECOMMENDATION,
            choices=(RATING, RECOMMENDATION),
        ),
        Parameter(
            "recommended_item_selection",
            Kind.CHOICE,
            label="Recommended item selection",
            default=RATED,
            choices=(ALL, RATED, UNRATED),
            when=WHEN_RECOMMENDED,
        ),
        Parameter(
            "maximum_number_of_items",
            Kind.INTEGER,
            label="Maximum number of items to recommend to a user",
            default=5,
            minimum=1,
            maximum=1000,
            when=WHEN_RECOMMENDED,
        ),
        Parameter(
            "minimum_size_of_the_recommendation_pool",
            Kind.INTEGER,
            label="Minimum size of the recommendation pool for a single user",
            default=2,
            minimum=1,
            description="Users with fewer rated items are left out",
            when={"recommended_item_selection": (RATED,)},
        ),
        Parameter(
            "return_predicted_ratings",
            Kind.BOOLEAN,
            label="Return the predicted ratings of the items along with the labels",
            default=False,
            when=WHEN_RECOMMENDED,
        ),
    ),
    packages=("scipy",),
    keywords=("recommend", "movie", "collaborative filtering"),
)
