"""Multiclass Decision Forest."""

from __future__ import annotations

from atelier.components.learners import forests, trainer
from atelier.components.learners.task import Task

estimator = forests.estimator
COMPONENT = trainer.learner(
    "multiclass_decision_forest",
    "Multiclass Decision Forest",
    Task.MULTICLASS,
    "Tells classes apart by the vote of many trees, each grown on its own sample of the rows.",
    forests.PARAMETERS,
    packages=forests.PACKAGES,
    keywords=forests.KEYWORDS,
)
