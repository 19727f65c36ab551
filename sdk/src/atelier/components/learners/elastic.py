"""Linear models with L1 and L2 weights, found by L-BFGS on features of mean 0 and deviation 1.

Where there is an L1 weight each coefficient is the difference of two that are at least 0: what is minimised is smooth
then, and L-BFGS-B keeps the bounds. Coefficients are given for the features as they came in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

ROUNDS = 5000
HIGHEST = 500.0  # of an exponent: exp(500) is still a number


def settings(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a model, from the parameters of its component."""
    return {
        "l1": parameters["l1_regularization_weight"],
        "l2": parameters["l2_regularization_weight"],
        "tolerance": parameters["optimization_tolerance"],
        "memory": parameters["memory_size_for_l_bfgs"],
    }


class LinearModel:
    """What both have in common: scaling, and the search for the weights."""

    def __init__(self, l1: float, l2: float, tolerance: float, memory: int) -> None:
        self.l1, self.l2, self.tolerance, self.memory = l1, l2, tolerance, memory
        self.coef_ = np.empty(0)
        self.intercept_ = np.empty(0)

    def _search(self, X: np.ndarray, outputs: int, loss: Callable[[np.ndarray], tuple[float, np.ndarray]]) -> None:
        """Sets the weights that make loss(scores) + penalty least, where scores = X·weights + intercept, a column each."""
        mean, deviation = X.mean(axis=0), X.std(axis=0)
        deviation[deviation < 1e-12 * np.maximum(1.0, np.abs(mean))] = 1.0
        scaled = (X - mean) / deviation
        width = X.shape[1]

        def smooth(weights: np.ndarray, starts: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
            value, slope = loss(scaled @ weights + starts)
            gradient = scaled.T @ slope + self.l2 * weights
            return value + self.l2 / 2 * float((weights**2).sum()), gradient, slope.sum(axis=0)

        weights, starts = _minimise(smooth, width, outputs, self)
        self.coef_ = (weights / deviation[:, None]).T
        self.intercept_ = starts - mean @ (weights / deviation[:, None])

    def _scores(self, X: np.ndarray) -> np.ndarray:
        found: np.ndarray = X @ self.coef_.T + self.intercept_
        return found


class LogisticModel(LinearModel):
    """Probabilities of two classes, by one weighted sum, or of more, by one for each."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> LogisticModel:
        count = int(y.max()) + 1
        if count == 2:
            self._search(X, 1, lambda scores: _two(scores, y))
        else:
            chosen = np.eye(count)[y]
            self._search(X, count, lambda scores: _several(scores, chosen))
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        scores = self._scores(X)
        if scores.shape[1] == 1:
            scores = np.concatenate([np.zeros_like(scores), scores], axis=1)
        return _shares(scores)

    def predict(self, X: np.ndarray) -> np.ndarray:
        found: np.ndarray = self.predict_proba(X).argmax(axis=1)
        return found


class PoissonModel(LinearModel):
    """The mean of a count."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> PoissonModel:
        if (y < 0).any():
            raise ValueError("the label holds numbers below zero, and counts have none.")
        largest = max(float(y.mean()), 1e-12)

        def loss(scores: np.ndarray) -> tuple[float, np.ndarray]:
            raised = scores[:, 0] + np.log(largest)  # begins at the mean, so that no exponent runs away
            expected = np.exp(np.minimum(raised, HIGHEST))
            return float((expected - y * raised).sum()), (expected - y)[:, None]

        self._search(X, 1, loss)
        self.intercept_ = self.intercept_ + np.log(largest)
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.exp(np.minimum(self._scores(X)[:, 0], HIGHEST))
        return found


def _two(scores: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    margin = scores[:, 0]
    share = _shares(np.stack([np.zeros_like(margin), margin], axis=1))[:, 1]
    return float((np.logaddexp(0, margin) - y * margin).sum()), (share - y)[:, None]


def _several(scores: np.ndarray, chosen: np.ndarray) -> tuple[float, np.ndarray]:
    top = scores.max(axis=1, keepdims=True)
    total = top + np.log(np.exp(scores - top).sum(axis=1, keepdims=True))
    return float((total[:, 0] - (scores * chosen).sum(axis=1)).sum()), np.exp(scores - total) - chosen


def _shares(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
    return found


def _minimise(
    smooth: Callable[..., Any], width: int, outputs: int, model: LinearModel
) -> tuple[np.ndarray, np.ndarray]:
    """The weights (a column for each output) and intercepts that make smooth + L1 penalty least."""
    from scipy.optimize import minimize

    size = width * outputs
    parts = 2 if model.l1 > 0 else 1

    def unpacked(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weights = at[:size] - at[size : 2 * size] if parts == 2 else at[:size]
        return weights.reshape(width, outputs), at[parts * size :]

    def value(at: np.ndarray) -> tuple[float, np.ndarray]:
        found, slope, start_slope = smooth(*unpacked(at))
        flat = slope.ravel()
        if parts == 1:
            return found, np.concatenate([flat, start_slope])
        return found + model.l1 * float(at[: 2 * size].sum()), np.concatenate(
            [flat + model.l1, model.l1 - flat, start_slope]
        )

    bounds = [(0.0, None)] * (2 * size) + [(None, None)] * outputs if parts == 2 else None
    options = {"maxcor": model.memory, "ftol": model.tolerance, "gtol": model.tolerance, "maxiter": ROUNDS}
    options["maxfun"] = 2 * ROUNDS
    begin = np.zeros(parts * size + outputs)
    return unpacked(minimize(value, begin, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x)
