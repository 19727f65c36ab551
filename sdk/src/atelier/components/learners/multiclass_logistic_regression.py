"""Multiclass Logistic Regression."""

from __future__ import annotations

from atelier.components.learners import logistic, trainer
from atelier.components.learners.task import Task

estimator = logistic.estimator
COMPONENT = trainer.learner(
    "multiclass_logistic_regression",
    "Multiclass Logistic Regression",
    Task.MULTICLASS,
    "Tells classes apart by a weighted sum of the features for each, made probabilities.",
    logistic.PARAMETERS,
    packages=logistic.PACKAGES,
    keywords=logistic.KEYWORDS,
)
