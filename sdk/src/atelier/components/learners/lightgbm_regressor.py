"""LightGBM Regressor."""

from __future__ import annotations

from atelier.components.learners import lightgbm_boosting, trainer
from atelier.components.learners.task import Task

estimator = lightgbm_boosting.estimator
COMPONENT = trainer.learner(
    "lightgbm_regressor",
    "LightGBM Regressor",
    Task.REGRESSION,
    "Predicts a number with boosted trees of LightGBM. It takes missing numbers.",
    lightgbm_boosting.PARAMETERS,
    packages=lightgbm_boosting.PACKAGES,
    keywords=lightgbm_boosting.KEYWORDS,
)
