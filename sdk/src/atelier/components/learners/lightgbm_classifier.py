"""LightGBM Classifier."""

from __future__ import annotations

from atelier.components.learners import lightgbm_boosting, trainer
from atelier.components.learners.task import Task

estimator = lightgbm_boosting.estimator
COMPONENT = trainer.learner(
    "lightgbm_classifier",
    "LightGBM Classifier",
    Task.CLASSIFICATION,
    "Tells two or more classes apart with boosted trees of LightGBM. It takes missing numbers.",
    lightgbm_boosting.PARAMETERS,
    packages=lightgbm_boosting.PACKAGES,
    keywords=lightgbm_boosting.KEYWORDS,
)
