"""Gradient boosting with LightGBM and its own settings, as the classifier and the regressor declare it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import trainer
from atelier.components.learners.task import Shape

PACKAGES = ("lightgbm", "scikit-learn")
KEYWORDS = ("gradient boosting", "gbm", "trees")


def _share(name: str, label: str, description: str) -> Parameter:
    return Parameter(name, Kind.NUMBER, label, default=1.0, minimum=0.01, maximum=1, description=description)


PARAMETERS = (
    trainer.CREATE_MODE,
    *trainer.ranged(
        Parameter("number_of_trees", Kind.INTEGER, "Number of trees", default=100, minimum=1, maximum=100_000),
        "20; 100; 500",
    ),
    *trainer.ranged(
        Parameter("learning_rate", Kind.NUMBER, "Learning rate", default=0.1, minimum=1e-6, maximum=1),
        "0.03; 0.1; 0.3",
    ),
    *trainer.ranged(
        Parameter("number_of_leaves", Kind.INTEGER, "Number of leaves", default=31, minimum=2, maximum=131072),
        "15; 31; 63",
    ),
    Parameter(
        "maximum_depth",
        Kind.INTEGER,
        "Maximum depth of a tree",
        default=-1,
        minimum=-1,
        maximum=1000,
        description="-1 sets no bound.",
    ),
    Parameter("minimum_rows_in_a_leaf", Kind.INTEGER, "Minimum rows in a leaf", default=20, minimum=1),
    _share("row_fraction", "Row fraction", "The share of the rows that each tree is grown on."),
    _share("feature_fraction", "Feature fraction", "The share of the features that each tree may use."),
    Parameter("l1_regularization_weight", Kind.NUMBER, "L1 regularization weight", default=0.0, minimum=0),
    Parameter("l2_regularization_weight", Kind.NUMBER, "L2 regularization weight", default=0.0, minimum=0),
    trainer.RANDOM_SEED,
    trainer.UNKNOWN,
)


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """LightGBM's classifier or regressor, always giving the same trees. Importances are the gain of a feature's splits."""
    import lightgbm

    kind = lightgbm.LGBMClassifier if shape.task.has_classes else lightgbm.LGBMRegressor
    found = kind(
        n_estimators=parameters["number_of_trees"],
        learning_rate=parameters["learning_rate"],
        num_leaves=parameters["number_of_leaves"],
        max_depth=parameters["maximum_depth"],
        min_child_samples=parameters["minimum_rows_in_a_leaf"],
        subsample=parameters["row_fraction"],
        subsample_freq=1 if parameters["row_fraction"] < 1 else 0,
        colsample_bytree=parameters["feature_fraction"],
        reg_alpha=parameters["l1_regularization_weight"],
        reg_lambda=parameters["l2_regularization_weight"],
        random_state=trainer.seed_of(parameters),
        n_jobs=shape.threads,
        importance_type="gain",
        deterministic=True,
        force_row_wise=True,
        verbose=-1,
    )
    found.accepts_missing = True
    return found
