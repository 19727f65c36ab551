"""Multiclass Boosted Decision Tree."""

from __future__ import annotations

from atelier.components.learners import boosting, trainer
from atelier.components.learners.task import Task

estimator = boosting.estimator
COMPONENT = trainer.learner(
    "multiclass_boosted_decision_tree",
    "Multiclass Boosted Decision Tree",
    Task.MULTICLASS,
    "Tells classes apart with many small trees, each of which mends what those before it got wrong.",
    boosting.PARAMETERS,
    packages=boosting.PACKAGES,
    keywords=boosting.KEYWORDS,
)
