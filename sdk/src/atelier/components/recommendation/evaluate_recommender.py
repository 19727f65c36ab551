"""Evaluate Recommender: how far predicted ratings are off, or how good recommended items are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import views
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.recommendation import triples
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

TEST, SCORED = "test_dataset", "scored_dataset"
ITEM = re.compile(r"Item (\d+)")
RATINGS = ("Scored Rating", "Rating")


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    truth = triples.once(triples.read(inputs[TEST], 3, port=TEST), port=TEST)
    scored: Table = inputs[SCORED]
    items = [name for name in scored.frame.columns if ITEM.fullmatch(str(name))]
    found = _of_items(truth, scored, items, parameters) if items else _of_ratings(truth, scored)
    context.log_metrics({name: value for name, value in found["metrics"].items() if value is not None})
    return {"metric": found}


def _of_ratings(truth: pd.DataFrame, scored: Table) -> dict[str, Any]:
    """MAE and RMSE of the pairs that are in both tables."""
    column = next((name for name in RATINGS if name in scored.frame.columns), None)
    if column is None or not {"User", "Item"} <= set(scored.frame.columns):
        raise ComponentError(
            "The scored dataset must have the columns User, Item and Scored Rating, or User, Item 1, Item 2 and so on.",
            port=SCORED,
        )
    said = scored.frame[["User", "Item", column]].set_axis(["user", "item", "said"], axis=1)
    pairs = _keyed(truth).merge(_keyed(said).drop_duplicates(["user", "item"]), on=["user", "item"])
    if not len(pairs):
        raise ComponentError("No pair of user and item is in both tables.", port=SCORED)
    errors = pairs["said"] - pairs["rating"]
    metrics = {"MAE": float(errors.abs().mean()), "RMSE": float((errors**2).mean() ** 0.5)}
    return _evaluation("Predicted ratings", metrics, [("Pairs compared", len(pairs))], [_histogram(errors)])


def _of_items(truth: pd.DataFrame, scored: Table, items: list[str], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """NDCG with the ratings as gains, precision and recall of liked items: the means over the users."""
    import pandas as pd

    if "User" not in scored.frame.columns:
        raise ComponentError("The scored dataset must have the column User.", port=SCORED)
    liked_from = parameters["relevance_threshold"]
    if liked_from is None:
        liked_from = float(truth["rating"].mean())
    of_user = {user: dict(zip(group["item"], group["rating"])) for user, group in _keyed(truth).groupby("user")}
    ordered = sorted(items, key=lambda name: int(name.split()[1]))
    rows = []
    for user, *named in scored.frame[["User", *ordered]].itertuples(index=False):
        known = of_user.get(_key(user))
        if known:
            best = [_key(item) for item in named if not pd.isna(item)]
            rows.append(_of_user(known, best, len(ordered), liked_from))
    if not rows:
        raise ComponentError("No user of the scored dataset is in the test dataset.", port=SCORED)
    means = pd.DataFrame(rows, columns=["NDCG", f"Precision at {len(ordered)}", f"Recall at {len(ordered)}"]).mean()
    metrics = {str(name): None if pd.isna(value) else float(value) for name, value in means.items()}
    facts = [("Users compared", len(rows)), ("Liked from a rating of", round(liked_from, 4))]
    return _evaluation("Recommended items", metrics, facts, [])


def _of_user(known: Mapping[str, float], best: list[str], most: int, liked_from: float) -> tuple[float, float, float]:
    import numpy as np

    weights = 1 / np.log2(np.arange(2, most + 2))
    gains = np.array([known.get(item, 0.0) for item in best])
    ideal = np.sort(np.array(list(known.values())))[::-1][:most]
    top = float((ideal * weights[: len(ideal)]).sum())
    ndcg = float((gains * weights[: len(gains)]).sum()) / top if top else float("nan")
    liked = {item for item, rating in known.items() if rating >= liked_from}
    hits = sum(item in liked for item in best)
    nothing = float("nan")
    return ndcg, hits / len(best) if best else nothing, hits / len(liked) if liked else nothing


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    """Users and items as texts, so that 17 and "17" are the same."""
    return frame.assign(user=frame["user"].map(_key), item=frame["item"].map(_key))


def _key(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _histogram(errors: pd.Series) -> dict[str, Any]:
    import numpy as np

    counts, edges = np.histogram(errors, bins=20)
    series = [{"name": "Predicted less actual", "edges": edges.tolist(), "counts": counts.tolist()}]
    return {"kind": "histogram", "title": "Errors", "x": "Predicted less actual", "y": "Pairs", "series": series}


def _evaluation(
    title: str, metrics: Mapping[str, float | None], facts: list[tuple[str, Any]], charts: list[dict[str, Any]]
) -> dict[str, Any]:
    table = views.table("Metrics", ["Metric", "Value"], metrics.items())
    found: dict[str, Any] = views.plain(
        {
            "task": "recommendation",
            "title": title,
            "metrics": metrics,
            "facts": facts,
            "tables": [table],
            "charts": charts,
        }
    )
    return found


COMPONENT = Component(
    name="evaluate_recommender",
    label="Evaluate Recommender",
    category="Recommendation",
    description="Compares what Score SVD Recommender said with the ratings of a test dataset: MAE and RMSE of predicted "
    "ratings; NDCG, precision and recall of recommended items.",
    run=run,
    inputs=(
        Port(TEST, PortType.DATASET, description="Users, items and ratings in the first three columns"),
        Port(SCORED, PortType.DATASET, description="What Score SVD Recommender gave"),
    ),
    outputs=(Port("metric", PortType.EVALUATION),),
    parameters=(
        Parameter(
            "relevance_threshold",
            Kind.NUMBER,
            label="Rating from which an item counts as liked",
            optional=True,
            description="For precision and recall; without it the mean of the test ratings",
        ),
    ),
    keywords=("ndcg", "precision", "recall", "rmse", "mae"),
)
