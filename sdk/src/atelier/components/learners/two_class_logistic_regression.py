"""Two-Class Logistic Regression."""

from __future__ import annotations

from atelier.components.learners import logistic, trainer
from atelier.components.learners.task import Task

estimator = logistic.estimator
COMPONENT = trainer.learner(
    "two_class_logistic_regression",
    "Two-Class Logistic Regression",
    Task.BINARY,
    "Tells two classes apart by a weighted sum of the features, made a probability.",
    logistic.PARAMETERS,
    packages=logistic.PACKAGES,
    keywords=logistic.KEYWORDS,
)
