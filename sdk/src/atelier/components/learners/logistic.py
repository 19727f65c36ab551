"""Logistic regression, as the two-class and the multiclass component declare it.

With L1 weight a and L2 weight b, on features of mean 0 and deviation 1, it minimises the summed log loss plus
a·Σ|w| + b/2·Σw²: with a = 0 the very model of `make_pipeline(StandardScaler(), LogisticRegression(C=1/b))`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import trainer
from atelier.components.learners.task import Shape

PACKAGES = ("scikit-learn",)
KEYWORDS = ("logit", "elastic net", "l-bfgs", "linear")
WEIGHTS = (
    trainer.CREATE_MODE,
    *trainer.ranged(
        Parameter("optimization_tolerance", Kind.NUMBER, "Optimization tolerance", default=1e-7, minimum=1e-15),
        "0.0001; 0.0000001",
    ),
    *trainer.ranged(
        Parameter("l1_regularization_weight", Kind.NUMBER, "L1 regularization weight", default=1.0, minimum=0),
        "0.0; 0.01; 0.1; 1.0",
    ),
    *trainer.ranged(
        Parameter("l2_regularization_weight", Kind.NUMBER, "L2 regularization weight", default=1.0, minimum=0),
        "0.01; 0.1; 1.0",
    ),
    *trainer.ranged(
        Parameter(
            "memory_size_for_l_bfgs", Kind.INTEGER, "Memory size for L-BFGS", default=20, minimum=1, maximum=1000
        ),
        "5; 20; 50",
    ),
)
PARAMETERS = (*WEIGHTS, trainer.RANDOM_SEED, trainer.UNKNOWN)


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """The regression with these weights."""
    from atelier.components.learners import elastic

    return elastic.LogisticModel(**elastic.settings(parameters))
