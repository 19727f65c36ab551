"""Boosted Decision Tree Regression."""

from __future__ import annotations

from atelier.components.learners import boosting, trainer
from atelier.components.learners.task import Task

estimator = boosting.estimator
COMPONENT = trainer.learner(
    "boosted_decision_tree_regression",
    "Boosted Decision Tree Regression",
    Task.REGRESSION,
    "Predicts a number with many small trees, each of which mends what those before it got wrong.",
    boosting.PARAMETERS,
    packages=boosting.PACKAGES,
    keywords=boosting.KEYWORDS,
)
