"""Estimators that scikit-learn has all but one thing of: a network whose first weights have a given size, and margins as
probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor


def of(has_classes: bool, **settings: Any) -> Any:
    """A network for classes or for a number."""
    return MLPClassifier(**settings) if has_classes else MLPRegressor(**settings)


class Begun(BaseEstimator):
    """A network whose weights begin evenly spread over `diameter` around 0."""

    def __init__(self, network: Any, diameter: float, seed: int) -> None:
        self.network, self.diameter, self.seed = network, diameter, seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> Begun:
        rounds = self.network.max_iter
        # One round makes the weights' arrays; what is in them is put anew before the real training takes them up.
        self.network_ = clone(self.network).set_params(warm_start=True, max_iter=1).fit(X, y)
        random = np.random.default_rng(self.seed)
        for weights in (*self.network_.coefs_, *self.network_.intercepts_):
            weights[...] = random.uniform(-self.diameter / 2, self.diameter / 2, weights.shape)
        self.network_.set_params(max_iter=rounds).fit(X, y)
        return self

    def predict(self, X: np.ndarray) -> Any:
        return self.network_.predict(X)

    def predict_proba(self, X: np.ndarray) -> Any:
        return self.network_.predict_proba(X)


class Calibrated(BaseEstimator):
    """A classifier of two that knows margins only: a sigmoid fitted to them gives probabilities in the same order."""

    coefficients_title = "Coefficients of the scaled features"

    def __init__(self, classifier: Any) -> None:
        self.classifier = classifier

    def fit(self, X: np.ndarray, y: np.ndarray) -> Calibrated:
        self.classifier.fit(X, y)
        self.sigmoid_ = LogisticRegression(C=1.0).fit(self._margins(X), y)
        return self

    def predict_proba(self, X: np.ndarray) -> Any:
        return self.sigmoid_.predict_proba(self._margins(X))

    def predict(self, X: np.ndarray) -> Any:
        return self.predict_proba(X).argmax(axis=1)

    @property
    def coef_(self) -> Any:
        """The weights of the margin, for features as they are scaled."""
        return self.classifier[-1].coef_

    @property
    def intercept_(self) -> Any:
        return self.classifier[-1].intercept_

    def _margins(self, X: np.ndarray) -> Any:
        return self.classifier.decision_function(X).reshape(-1, 1)
