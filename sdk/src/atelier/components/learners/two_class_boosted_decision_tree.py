"""Two-Class Boosted Decision Tree."""

from __future__ import annotations

from atelier.components.learners import boosting, trainer
from atelier.components.learners.task import Task

estimator = boosting.estimator
COMPONENT = trainer.learner(
    "two_class_boosted_decision_tree",
    "Two-Class Boosted Decision Tree",
    Task.BINARY,
    "Tells two classes apart with many small trees, each of which mends what those before it got wrong.",
    boosting.PARAMETERS,
    packages=boosting.PACKAGES,
    keywords=boosting.KEYWORDS,
)
