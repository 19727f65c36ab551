"""A random forest whose leaves keep labels, for quantiles."""

from __future__ import annotations

from typing import Any

import numpy as np


class QuantileForest:
    """Quantiles of the labels that lie with a row in the leaves of its trees; each tree counts the same."""

    def __init__(
        self,
        *,
        wanted: tuple[float, ...],
        samples: int,
        bagging: float,
        features: int,
        trees: int,
        leaves: int,
        least: int,
        seed: int,
    ) -> None:
        from sklearn.ensemble import RandomForestRegressor

        self.quantiles, self.samples, self.seed = wanted, samples, seed
        self.forest = RandomForestRegressor(
            n_estimators=trees,
            max_leaf_nodes=leaves,
            min_samples_leaf=least,
            max_features=features,
            max_samples=bagging if bagging < 1 else None,
            random_state=seed,
        )
        self.leaves: list[dict[int, np.ndarray]] = []

    def fit(self, X: np.ndarray, y: np.ndarray) -> QuantileForest:
        self.forest.fit(X, y)
        random = np.random.default_rng(self.seed)
        self.leaves = [self._kept(leaves, y, random) for leaves in self.forest.apply(X).T]
        return self

    def predict_quantiles(self, X: np.ndarray) -> np.ndarray:
        """A row for each of `X`, a column for each quantile."""
        found = np.empty((len(X), len(self.quantiles)))
        wanted = np.asarray(self.quantiles)
        for row, leaves in enumerate(self.forest.apply(X)):
            kept = [self.leaves[tree][leaf] for tree, leaf in enumerate(leaves)]
            found[row] = _weighted(kept, wanted)
        return found

    def predict(self, X: np.ndarray) -> Any:
        """The mean, as the forest has it."""
        return self.forest.predict(X)

    @property
    def feature_importances_(self) -> Any:
        return self.forest.feature_importances_

    def _kept(self, leaves: np.ndarray, y: np.ndarray, random: np.random.Generator) -> dict[int, np.ndarray]:
        found = {}
        for leaf in np.unique(leaves):
            labels = y[leaves == leaf]
            is_large = len(labels) > self.samples
            found[int(leaf)] = np.sort(random.choice(labels, self.samples, replace=False) if is_large else labels)
        return found


def _weighted(kept: list[np.ndarray], wanted: np.ndarray) -> np.ndarray:
    """The quantiles of labels of several leaves, each leaf of weight 1: the least label that the share is reached with."""
    labels = np.concatenate(kept)
    weights = np.concatenate([np.full(len(leaf), 1 / len(leaf)) for leaf in kept])
    order = np.argsort(labels, kind="stable")
    reached = np.cumsum(weights[order]) / len(kept)
    places = np.searchsorted(reached, wanted - 1e-12)
    found: np.ndarray = labels[order][np.minimum(places, len(labels) - 1)]
    return found
