"""Gradient boosting with XGBoost, as the classifier and the regressor declare it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import gradient_boosting, trainer
from atelier.components.learners.task import Shape

PACKAGES = ("xgboost", "scikit-learn")
KEYWORDS = ("gradient boosting", "xgb", "trees")
PARAMETERS = (
    trainer.CREATE_MODE,
    *gradient_boosting.TREES,
    *gradient_boosting.rate(0.3),
    *trainer.ranged(
        Parameter("maximum_depth", Kind.INTEGER, "Maximum depth of a tree", default=6, minimum=1, maximum=64), "3; 6; 9"
    ),
    Parameter("minimum_child_weight", Kind.NUMBER, "Minimum child weight", default=1.0, minimum=0),
    *gradient_boosting.held_back(l2=1.0),
)


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """XGBoost's classifier or regressor with these settings."""
    import xgboost

    kind = xgboost.XGBClassifier if shape.task.has_classes else xgboost.XGBRegressor
    weight = parameters["minimum_child_weight"]
    found = kind(**gradient_boosting.settings(parameters, shape), min_child_weight=weight)
    found.accepts_missing = True
    return found
