"""K-means, by scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

PLUS_PLUS, RANDOM, FIRST = "K-Means++", "Random", "First N"


def found(matrix: np.ndarray, parameters: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The centres in scaled units, and what is taken away from each column and what it is divided by."""
    from sklearn.cluster import KMeans

    low, span = _scaling(matrix, parameters["normalize_features"])
    scaled = (matrix - low) / span
    count, begin = parameters["number_of_centroids"], parameters["initialization"]
    ways = {PLUS_PLUS: "k-means++", RANDOM: "random", FIRST: scaled[:count]}
    model = KMeans(
        n_clusters=count,
        init=ways[begin],
        n_init=1,
        max_iter=parameters["iterations"],
        random_state=int(parameters.get("random_number_seed") or 0),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fewer different rows than centroids: some clusters stay empty
        model.fit(scaled)
    return model.cluster_centers_, low, span


def _scaling(matrix: np.ndarray, scales: bool) -> tuple[np.ndarray, np.ndarray]:
    """To between 0 and 1, a constant column to 0; or as they are."""
    if not scales:
        return np.zeros(matrix.shape[1]), np.ones(matrix.shape[1])
    low = matrix.min(axis=0)
    span = matrix.max(axis=0) - low
    return low, np.where(span > 0, span, 1.0)
