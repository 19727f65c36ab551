"""Train SVD Recommender: learn from ratings what users and items have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.recommendation import triples
from atelier.components.recommenders import Side, TrainedRecommender

if TYPE_CHECKING:
    import pandas as pd

PORT = "training_dataset"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    ratings = triples.once(triples.read(inputs[PORT], 3, port=PORT), port=PORT)
    if not len(ratings):
        raise ComponentError("There are no ratings to learn from.", port=PORT)
    recommender = learn(ratings, parameters, seed=getattr(context, "seed", 0))
    error = (recommender.ratings(ratings["user"], ratings["item"]) - ratings["rating"]).pow(2).mean() ** 0.5
    context.log_metrics({"training_rmse": float(error)})
    return {"trained_svd_recommender": recommender}


def learn(ratings: pd.DataFrame, parameters: Mapping[str, Any], *, seed: int) -> TrainedRecommender:
    """The recommender of these user, item, rating rows, each pair once."""
    import numpy as np
    from surprise import SVD, Dataset, Reader

    users, user_names = ratings["user"].factorize()
    items, item_names = ratings["item"].factorize()
    scale = (float(ratings["rating"].min()), float(ratings["rating"].max()))
    coded = ratings.assign(user=users, item=items)
    train = Dataset.load_from_df(coded, Reader(rating_scale=scale)).build_full_trainset()
    model = SVD(
        n_factors=parameters["number_of_factors"],
        n_epochs=parameters["number_of_recommendation_algorithm_iterations"],
        lr_all=parameters["learning_rate"],
        random_state=seed,
    ).fit(train)
    if not np.isfinite(model.pu).all():
        raise ComponentError("The factors grew beyond all bounds: lower the learning rate.", parameter="learning_rate")
    # The library counts users and items anew, in the order in which they come: just as factorize does.
    return TrainedRecommender(
        users=Side(user_names, model.bu, model.pu),
        items=Side(item_names, model.bi, model.qi),
        mean=float(train.global_mean),
        scale=scale,
        facts=[("Ratings", len(ratings)), ("Factors", parameters["number_of_factors"])],
    )


COMPONENT = Component(
    name="train_svd_recommender",
    label="Train SVD Recommender",
    category="Recommendation",
    description="Learns from a table of users, items and ratings (its first three columns) a vector for each user and "
    "item, by stochastic gradient descent.",
    run=run,
    inputs=(Port(PORT, PortType.DATASET, label="Training dataset of user-item-rating triples"),),
    outputs=(Port("trained_svd_recommender", PortType.RECOMMENDER, label="Trained SVD recommender"),),
    parameters=(
        Parameter("number_of_factors", Kind.INTEGER, default=200, minimum=1, maximum=2000),
        Parameter("number_of_recommendation_algorithm_iterations", Kind.INTEGER, default=30, minimum=1, maximum=10000),
        Parameter("learning_rate", Kind.NUMBER, default=0.005, minimum=0.0000001, maximum=2),
    ),
    packages=("scikit-surprise",),
    keywords=("matrix factorization", "collaborative filtering", "movie"),
)
