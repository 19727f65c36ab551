"""Poisson Regression.

With L1 weight a and L2 weight b, on features of mean 0 and deviation 1, it minimises the summed Poisson loss
exp(η) − y·η plus a·Σ|w| + b/2·Σw²: with a = 0 the very model of `PoissonRegressor(alpha=b/n)` on such features.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.learners import logistic, trainer
from atelier.components.learners.task import Shape, Task


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """The regression with these weights."""
    from atelier.components.learners import elastic

    return elastic.PoissonModel(**elastic.settings(parameters))


COMPONENT = trainer.learner(
    "poisson_regression",
    "Poisson Regression",
    Task.REGRESSION,
    "Predicts a count: a number that is zero or more, such as calls an hour.",
    logistic.PARAMETERS,
    keywords=("counts", "glm", "log-linear"),
)
