"""Fast Forest Quantile Regression: a forest whose leaves keep the labels that fell into them, so that any quantile of
the label can be told for a row, not only its mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import trainer
from atelier.components.learners.task import Shape, Task


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """The forest with these settings."""
    from atelier.components.learners import quantiles

    return quantiles.QuantileForest(
        wanted=tuple(sorted(set(parameters["quantiles_to_be_estimated"]))),
        samples=parameters["quantile_sample_count"],
        bagging=parameters["bagging_fraction"],
        features=max(1, round(parameters["feature_fraction"] * parameters["split_fraction"] * shape.columns)),
        trees=parameters["number_of_trees"],
        leaves=parameters["number_of_leaves"],
        least=parameters["minimum_number_of_training_instances_required_to_form_a_leaf"],
        seed=trainer.seed_of(parameters),
        threads=shape.threads,
    )


def _fraction(name: str, label: str, description: str) -> tuple[Parameter, Parameter]:
    single = Parameter(name, Kind.NUMBER, label, default=0.7, minimum=0.01, maximum=1, description=description)
    return trainer.ranged(single, "0.25; 0.5; 0.75")


COMPONENT = trainer.learner(
    "fast_forest_quantile_regression",
    "Fast Forest Quantile Regression",
    Task.QUANTILE,
    "Predicts quantiles of a number: the values that a quarter, half, three quarters of such rows lie below.",
    (
        trainer.CREATE_MODE,
        *trainer.ranged(
            Parameter("number_of_trees", Kind.INTEGER, "Number of Trees", default=100, minimum=1, maximum=10_000),
            "16; 32; 64",
        ),
        *trainer.ranged(
            Parameter("number_of_leaves", Kind.INTEGER, "Number of Leaves", default=20, minimum=2, maximum=131072),
            "16; 32; 64",
        ),
        *trainer.ranged(
            Parameter(
                "minimum_number_of_training_instances_required_to_form_a_leaf",
                Kind.INTEGER,
                "Minimum number of training instances required to form a leaf",
                default=10,
                minimum=1,
            ),
            "1; 5; 10",
        ),
        *_fraction("bagging_fraction", "Bagging fraction", "The share of the rows that each tree is grown on."),
        *_fraction("feature_fraction", "Feature fraction", "The share of the features that a tree may use."),
        *_fraction("split_fraction", "Split fraction", "The share of these that each split looks at."),
        Parameter(
            "quantile_sample_count",
            Kind.INTEGER,
            "Quantile sample count",
            default=100,
            minimum=1,
            maximum=1_000_000,
            description="How many labels each leaf keeps at most.",
        ),
        Parameter(
            "quantiles_to_be_estimated",
            Kind.NUMBERS,
            "Quantiles to be estimated",
            default="0.25; 0.5; 0.75",
            minimum=0,
            maximum=1,
        ),
        trainer.RANDOM_SEED,
        trainer.UNKNOWN,
    ),
    keywords=("interval", "median", "uncertainty"),
)
