"""What the components with a library's own boosted trees share: their parameters, and how LightGBM is set up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import trainer
from atelier.components.learners.task import Shape

LIGHTGBM = ("lightgbm", "scikit-learn")
TREES = trainer.ranged(
    Parameter("number_of_trees", Kind.INTEGER, "Number of trees", default=100, minimum=1, maximum=100_000),
    "20; 100; 500",
)


def rate(default: float) -> tuple[Parameter, Parameter]:
    """How much a tree mends."""
    single = Parameter("learning_rate", Kind.NUMBER, "Learning rate", default=default, minimum=1e-6, maximum=1)
    return trainer.ranged(single, "0.03; 0.1; 0.3")


def held_back(l2: float) -> tuple[Parameter, ...]:
    """What keeps trees from learning by heart, and what all learners end with; `l2`: that weight's default."""
    return (
        _share("row_fraction", "Row fraction", "The share of the rows that each tree is grown on."),
        _share("feature_fraction", "Feature fraction", "The share of the features that each tree may use."),
        Parameter("l1_regularization_weight", Kind.NUMBER, "L1 regularization weight", default=0.0, minimum=0),
        Parameter("l2_regularization_weight", Kind.NUMBER, "L2 regularization weight", default=l2, minimum=0),
        trainer.RANDOM_SEED,
        trainer.UNKNOWN,
    )


def settings(parameters: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """These parameters by the names that both libraries have for them."""
    return {
        "n_estimators": parameters["number_of_trees"],
        "learning_rate": parameters["learning_rate"],
        "max_depth": parameters["maximum_depth"],
        "subsample": parameters["row_fraction"],
        "colsample_bytree": parameters["feature_fraction"],
        "reg_alpha": parameters["l1_regularization_weight"],
        "reg_lambda": parameters["l2_regularization_weight"],
        **drawn(parameters, shape),
    }


def drawn(parameters: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """What chance and threads are given; importances are the gain of a feature's splits."""
    return {"random_state": trainer.seed_of(parameters), "n_jobs": shape.threads, "importance_type": "gain"}


def lightgbm_estimator(shape: Shape, **given: Any) -> Any:
    """LightGBM's classifier or regressor, always giving the same trees for the same data."""
    import lightgbm

    kind = lightgbm.LGBMClassifier if shape.task.has_classes else lightgbm.LGBMRegressor
    found = kind(**given, deterministic=True, force_row_wise=True, verbose=-1)
    found.accepts_missing = True
    return found


def _share(name: str, label: str, description: str) -> Parameter:
    return Parameter(name, Kind.NUMBER, label, default=1.0, minimum=0.01, maximum=1, description=description)
