"""XGBoost Classifier."""

from __future__ import annotations

from atelier.components.learners import trainer, xgboosting
from atelier.components.learners.task import Task

estimator = xgboosting.estimator
COMPONENT = trainer.learner(
    "xgboost_classifier",
    "XGBoost Classifier",
    Task.CLASSIFICATION,
    "Tells two or more classes apart with boosted trees of XGBoost. It takes missing numbers.",
    xgboosting.PARAMETERS,
    packages=xgboosting.PACKAGES,
    keywords=xgboosting.KEYWORDS,
)
