"""Several classes told apart by estimators that tell two."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from atelier.components.learners.task import Shape, Task
from atelier.components.learners.untrained import UntrainedModel


class OneVsAll:
    """A binary estimator for each class against all others. Probabilities are theirs, made to sum to 1."""

    def __init__(self, inner: UntrainedModel, shape: Shape) -> None:
        self.inner, self.shape = inner, replace(shape, task=Task.BINARY, classes=2)
        self.parts: list[Any] = []
        self.accepts_missing = accepts_missing(inner, self.shape)

    def fit(self, X: np.ndarray, y: np.ndarray) -> OneVsAll:
        self.parts = [
            self.inner.build(self.shape).fit(X, (y == place).astype(int)) for place in range(int(y.max()) + 1)
        ]
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        found = np.stack([part.predict_proba(X)[:, 1] for part in self.parts], axis=1)
        return _to_one(found)

    def predict(self, X: np.ndarray) -> np.ndarray:
        found: np.ndarray = self.predict_proba(X).argmax(axis=1)
        return found


class OneVsOne:
    """A binary estimator for each pair of classes. A class's probability is its mean share over its pairs."""

    def __init__(self, inner: UntrainedModel, shape: Shape) -> None:
        self.inner, self.shape = inner, replace(shape, task=Task.BINARY, classes=2)
        self.parts: dict[tuple[int, int], Any] = {}
        self.count = 0
        self.accepts_missing = accepts_missing(inner, self.shape)

    def fit(self, X: np.ndarray, y: np.ndarray) -> OneVsOne:
        self.count = int(y.max()) + 1
        for first, second in combinations(range(self.count), 2):
            chosen = (y == first) | (y == second)
            part = self.inner.build(replace(self.shape, rows=int(chosen.sum())))
            self.parts[first, second] = part.fit(X[chosen], (y[chosen] == second).astype(int))
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        found = np.zeros((len(X), self.count))
        for (first, second), part in self.parts.items():
            share = part.predict_proba(X)[:, 1]
            found[:, second] += share
            found[:, first] += 1 - share
        return _to_one(found)

    def predict(self, X: np.ndarray) -> np.ndarray:
        found: np.ndarray = self.predict_proba(X).argmax(axis=1)
        return found


def accepts_missing(inner: UntrainedModel, shape: Shape) -> bool:
    """Whether the binary estimators take rows with missing numbers."""
    return bool(getattr(inner.build(shape), "accepts_missing", False))


def _to_one(found: np.ndarray) -> np.ndarray:
    total = found.sum(axis=1, keepdims=True)
    even = np.full_like(found, 1 / found.shape[1])
    return np.where(total > 0, found / np.where(total > 0, total, 1), even)
