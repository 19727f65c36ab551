"""A random forest whose leaves keep labels, for quantiles."""

from __future__ import annotations

from typing import Any

import numpy as np

STEPS, FEWEST = 500, 50  # labels that a quantile is one of
CELLS = 100_000_000  # numbers kept of all leaves
CHUNK = 2048  # rows scored at once


class QuantileForest:
    """Quantiles of the labels that lie with a row in the leaves of its trees; each tree counts the same.

    A quantile is one of the labels of the training, of up to 500 that lie evenly by rank: where there are no more, it is
    exact. Each leaf keeps which share of its labels is at or below each of them.
    """

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
        threads: int | None = 1,
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
            n_jobs=-1 if threads is None else threads,
        )
        self.labels = np.empty(0)
        self.shares: list[np.ndarray] = []  # of each tree: a row for each node, a column for each label

    def fit(self, X: np.ndarray, y: np.ndarray) -> QuantileForest:
        self.forest.fit(X, y)
        nodes = sum(tree.tree_.node_count for tree in self.forest.estimators_)
        steps = int(np.clip(CELLS // nodes, FEWEST, STEPS))
        self.labels = np.unique(y)
        if len(self.labels) > steps:
            self.labels = np.unique(np.quantile(y, np.linspace(0, 1, steps), method="higher"))
        random = np.random.default_rng(self.seed)
        pairs = zip(self.forest.estimators_, self.forest.apply(X).T)
        self.shares = [self._kept(tree.tree_.node_count, leaves, y, random) for tree, leaves in pairs]
        return self

    def predict_quantiles(self, X: np.ndarray) -> np.ndarray:
        """A row for each of `X`, a column for each quantile."""
        parts = [self._of_rows(X[start : start + CHUNK]) for start in range(0, len(X), CHUNK)]
        return np.concatenate(parts)

    def predict(self, X: np.ndarray) -> Any:
        """The mean, as the forest has it."""
        return self.forest.predict(X)

    @property
    def feature_importances_(self) -> Any:
        return self.forest.feature_importances_

    def _kept(self, nodes: int, leaves: np.ndarray, y: np.ndarray, random: np.random.Generator) -> np.ndarray:
        found = np.zeros((nodes, len(self.labels)), dtype="float32")
        for leaf in np.unique(leaves):
            own = y[leaves == leaf]
            if len(own) > self.samples:
                own = random.choice(own, self.samples, replace=False)
            found[leaf] = np.searchsorted(np.sort(own), self.labels, side="right") / len(own)
        return found

    def _of_rows(self, X: np.ndarray) -> np.ndarray:
        """The least label that the share of each quantile is reached with."""
        reached = np.zeros((len(X), len(self.labels)), dtype="float32")
        for shares, leaves in zip(self.shares, self.forest.apply(X).T):
            reached += shares[leaves]
        found = np.empty((len(X), len(self.quantiles)))
        for place, quantile in enumerate(self.quantiles):
            enough = reached >= (quantile - 1e-6) * len(self.shares)
            found[:, place] = self.labels[enough.argmax(axis=1)]
        return found
