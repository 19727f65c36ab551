"""Gradient boosting with XGBoost, as the classifier and the regressor declare it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import trainer
from atelier.components.learners.task import Shape

PACKAGES = ("xgboost", "scikit-learn")
KEYWORDS = ("gradient boosting", "xgb", "trees")


def _share(name: str, label: str, description: str) -> Parameter:
    return Parameter(name, Kind.NUMBER, label, default=1.0, minimum=0.01, maximum=1, description=description)


PARAMETERS = (
    trainer.CREATE_MODE,
    *trainer.ranged(
        Parameter("number_of_trees", Kind.INTEGER, "Number of trees", default=100, minimum=1, maximum=100_000),
        "20; 100; 500",
    ),
    *trainer.ranged(
        Parameter("learning_rate", Kind.NUMBER, "Learning rate", default=0.3, minimum=1e-6, maximum=1),
        "0.03; 0.1; 0.3",
    ),
    *trainer.ranged(
        Parameter("maximum_depth", Kind.INTEGER, "Maximum depth of a tree", default=6, minimum=1, maximum=64), "3; 6; 9"
    ),
    Parameter("minimum_child_weight", Kind.NUMBER, "Minimum child weight", default=1.0, minimum=0),
    _share("row_fraction", "Row fraction", "The share of the rows that each tree is grown on."),
    _share("feature_fraction", "Feature fraction", "The share of the features that each tree may use."),
    Parameter("l1_regularization_weight", Kind.NUMBER, "L1 regularization weight", default=0.0, minimum=0),
    Parameter("l2_regularization_weight", Kind.NUMBER, "L2 regularization weight", default=1.0, minimum=0),
    trainer.RANDOM_SEED,
    trainer.UNKNOWN,
)


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """XGBoost's classifier or regressor. Importances are the mean gain of the splits on a feature."""
    import xgboost

    kind = xgboost.XGBClassifier if shape.task.has_classes else xgboost.XGBRegressor
    found = kind(
        n_estimators=parameters["number_of_trees"],
        learning_rate=parameters["learning_rate"],
        max_depth=parameters["maximum_depth"],
        min_child_weight=parameters["minimum_child_weight"],
        subsample=parameters["row_fraction"],
        colsample_bytree=parameters["feature_fraction"],
        reg_alpha=parameters["l1_regularization_weight"],
        reg_lambda=parameters["l2_regularization_weight"],
        random_state=trainer.seed_of(parameters),
        n_jobs=shape.threads,
        importance_type="gain",
    )
    found.accepts_missing = True
    return found
