"""A detector of rows that principal components cannot rebuild."""

from __future__ import annotations

import numpy as np

ORDINARY = 0.95  # the share of training rows that are no anomaly


class PcaDetector:
    """The error of a row rebuilt from the components, as a number from 0 to 1: error / (error + e).

    e is the error that 95 % of the training rows stay below, so a row is told an anomaly, 0.5 and more, from there on.
    """

    def __init__(self, *, components: int, oversampling: int, centres: bool, seed: int) -> None:
        self.components, self.oversampling, self.centres, self.seed = components, oversampling, centres, seed
        self.axes = np.empty((0, 0))
        self.mean = np.empty(0)
        self.ordinary = 0.0

    def fit(self, X: np.ndarray) -> PcaDetector:
        from sklearn.utils.extmath import randomized_svd

        self.mean = X.mean(axis=0) if self.centres else np.zeros(X.shape[1])
        count = min(self.components, len(X))
        _, _, self.axes = randomized_svd(X - self.mean, count, n_oversamples=self.oversampling, random_state=self.seed)
        self.ordinary = float(np.quantile(self.errors(X), ORDINARY))
        return self

    def errors(self, X: np.ndarray) -> np.ndarray:
        """The length of what the components leave of each row."""
        centred = X - self.mean
        found: np.ndarray = np.linalg.norm(centred - centred @ self.axes.T @ self.axes, axis=1)
        return found

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        errors = self.errors(X)
        total = errors + self.ordinary
        share = np.divide(errors, total, out=np.zeros_like(errors), where=total > 0)
        return np.stack([1 - share, share], axis=1)

    def predict(self, X: np.ndarray) -> np.ndarray:
        found: np.ndarray = (self.predict_proba(X)[:, 1] >= 0.5).astype(int)
        return found
