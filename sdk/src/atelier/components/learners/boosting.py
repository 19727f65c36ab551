"""Boosted decision trees with LightGBM, as the two-class, the multiclass and the regression component declare them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import gradient_boosting, trainer
from atelier.components.learners.task import Shape

PACKAGES = gradient_boosting.LIGHTGBM
KEYWORDS = ("gradient boosting", "lightgbm", "gbm", "trees")
PARAMETERS = (
    trainer.CREATE_MODE,
    *trainer.ranged(
        Parameter(
            "maximum_number_of_leaves_per_tree",
            Kind.INTEGER,
            "Maximum number of leaves per tree",
            default=20,
            minimum=2,
            maximum=131072,
        ),
        "2; 8; 32; 128",
    ),
    *trainer.ranged(
        Parameter(
            "minimum_number_of_samples_per_leaf_node",
            Kind.INTEGER,
            "Minimum number of samples per leaf node",
            default=10,
            minimum=1,
        ),
        "1; 10; 50",
    ),
    *trainer.ranged(
        Parameter("learning_rate", Kind.NUMBER, "Learning rate", default=0.2, minimum=1e-6, maximum=1),
        "0.025; 0.05; 0.1; 0.2; 0.4",
    ),
    *trainer.ranged(
        Parameter(
            "number_of_trees_constructed",
            Kind.INTEGER,
            "Number of trees constructed",
            default=100,
            minimum=1,
            maximum=100_000,
        ),
        "20; 100; 500",
    ),
    trainer.RANDOM_SEED,
    trainer.UNKNOWN,
)


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """LightGBM's classifier or regressor with these settings."""
    return gradient_boosting.lightgbm_estimator(
        shape,
        num_leaves=parameters["maximum_number_of_leaves_per_tree"],
        min_child_samples=parameters["minimum_number_of_samples_per_leaf_node"],
        learning_rate=parameters["learning_rate"],
        n_estimators=parameters["number_of_trees_constructed"],
        **gradient_boosting.drawn(parameters, shape),
    )
