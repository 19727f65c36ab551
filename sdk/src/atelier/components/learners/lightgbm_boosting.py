"""Gradient boosting with LightGBM and its own settings, as the classifier and the regressor declare it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import gradient_boosting, trainer
from atelier.components.learners.task import Shape

PACKAGES = gradient_boosting.LIGHTGBM
KEYWORDS = ("gradient boosting", "gbm", "trees")
PARAMETERS = (
    trainer.CREATE_MODE,
    *gradient_boosting.TREES,
    *gradient_boosting.rate(0.1),
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
    *gradient_boosting.held_back(l2=0.0),
)


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """LightGBM's classifier or regressor with these settings."""
    return gradient_boosting.lightgbm_estimator(
        shape,
        **gradient_boosting.settings(parameters, shape),
        num_leaves=parameters["number_of_leaves"],
        min_child_samples=parameters["minimum_rows_in_a_leaf"],
        subsample_freq=1 if parameters["row_fraction"] < 1 else 0,
    )
