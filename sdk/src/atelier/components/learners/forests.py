"""Decision forests, as the two-class, the multiclass and the regression component declare them.

With Bagging each tree is grown on a sample of the rows and takes the best split of the features it looks at:
scikit-learn's random forest. With Replicate every tree sees all rows and splits at random places: its extra trees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import trainer
from atelier.components.learners.task import Shape

BAGGING, REPLICATE = "Bagging", "Replicate"
PACKAGES = ("scikit-learn",)
KEYWORDS = ("random forest", "extra trees", "bagging")
PARAMETERS = (
    trainer.CREATE_MODE,
    *trainer.ranged(
        Parameter(
            "number_of_decision_trees", Kind.INTEGER, "Number of decision trees", default=8, minimum=1, maximum=10_000
        ),
        "1; 8; 32",
    ),
    *trainer.ranged(
        Parameter(
            "maximum_depth_of_the_decision_trees",
            Kind.INTEGER,
            "Maximum depth of the decision trees",
            default=32,
            minimum=1,
            maximum=10_000,
        ),
        "1; 16; 64",
    ),
    *trainer.ranged(
        Parameter(
            "number_of_random_splits_per_node",
            Kind.INTEGER,
            "Number of random splits per node",
            default=128,
            minimum=1,
            description="How many features are looked at for each split; all of them when there are no more.",
        ),
        "1; 128; 1024",
    ),
    *trainer.ranged(
        Parameter(
            "minimum_number_of_samples_per_leaf_node",
            Kind.INTEGER,
            "Minimum number of samples per leaf node",
            default=1,
            minimum=1,
        ),
        "1; 4; 16",
    ),
    Parameter("resampling_method", Kind.CHOICE, "Resampling method", default=BAGGING, choices=(BAGGING, REPLICATE)),
    trainer.RANDOM_SEED,
    trainer.UNKNOWN,
)


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """scikit-learn's random forest, or its extra trees."""
    from sklearn import ensemble

    kinds = {
        (True, BAGGING): ensemble.RandomForestClassifier,
        (True, REPLICATE): ensemble.ExtraTreesClassifier,
        (False, BAGGING): ensemble.RandomForestRegressor,
        (False, REPLICATE): ensemble.ExtraTreesRegressor,
    }
    return kinds[shape.task.has_classes, parameters["resampling_method"]](
        n_estimators=parameters["number_of_decision_trees"],
        max_depth=parameters["maximum_depth_of_the_decision_trees"],
        max_features=max(1, min(parameters["number_of_random_splits_per_node"], shape.columns)),
        min_samples_leaf=parameters["minimum_number_of_samples_per_leaf_node"],
        random_state=trainer.seed_of(parameters),
        n_jobs=-1 if shape.threads is None else 1,
    )
