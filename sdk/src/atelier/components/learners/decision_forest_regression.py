"""Decision Forest Regression."""

from __future__ import annotations

from atelier.components.learners import forests, trainer
from atelier.components.learners.task import Task

estimator = forests.estimator
COMPONENT = trainer.learner(
    "decision_forest_regression",
    "Decision Forest Regression",
    Task.REGRESSION,
    "Predicts a number as the mean of many trees, each grown on its own sample of the rows.",
    forests.PARAMETERS,
    packages=forests.PACKAGES,
    keywords=forests.KEYWORDS,
)
