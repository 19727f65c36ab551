"""Linear Regression.

Ordinary least squares with an L2 weight w minimises the sum of squared errors plus w times the sum of squared
coefficients, the intercept left out: for numeric features the very numbers of `sklearn.linear_model.Ridge(alpha=w)`, and
of `LinearRegression()` for w = 0. Texts and categories are put in one-hot before.

Online gradient descent is `SGDRegressor` of one epoch after the other, towards labels of mean 0 and deviation 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import scaling, trainer
from atelier.components.learners.task import Shape, Task

METHOD, LEAST_SQUARES, DESCENT = "solution_method", "Ordinary Least Squares", "Online Gradient Descent"
IN_DESCENT = {METHOD: (DESCENT,)}


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """The regression of the chosen method."""
    if parameters[METHOD] == DESCENT:
        return _descent(parameters)
    from sklearn.linear_model import LinearRegression, Ridge

    weight = parameters["l2_regularization_weight"]
    has_intercept = parameters["include_intercept_term"]
    if weight == 0:
        return LinearRegression(fit_intercept=has_intercept)
    return Ridge(alpha=weight, fit_intercept=has_intercept)


def _descent(parameters: Mapping[str, Any]) -> Any:
    from sklearn.linear_model import SGDRegressor

    steps = SGDRegressor(
        alpha=parameters["l2_regularization_weight"],
        eta0=parameters["learning_rate"],
        learning_rate="invscaling" if parameters["decrease_learning_rate"] else "constant",
        max_iter=parameters["number_of_training_epochs"],
        tol=None,
        average=parameters["average_final_hypothesis"],
        random_state=trainer.seed_of(parameters),
    )
    normalizer = scaling.MIN_MAX if parameters["normalize_features"] else scaling.NONE
    return scaling.with_scaled_target(scaling.before(normalizer, steps))


COMPONENT = trainer.learner(
    "linear_regression",
    "Linear Regression",
    Task.REGRESSION,
    "Predicts a number as a weighted sum of the features.",
    (
        Parameter(METHOD, Kind.CHOICE, "Solution method", default=LEAST_SQUARES, choices=(LEAST_SQUARES, DESCENT)),
        Parameter(
            trainer.MODE,
            Kind.CHOICE,
            "Create trainer mode",
            default=trainer.SINGLE,
            choices=(trainer.SINGLE, trainer.RANGE),
            when=IN_DESCENT,
            description=trainer.CREATE_MODE.description,
        ),
        *trainer.ranged(
            Parameter("learning_rate", Kind.NUMBER, "Learning rate", default=0.1, minimum=1e-9, when=IN_DESCENT),
            "0.025; 0.05; 0.1; 0.2",
        ),
        *trainer.ranged(
            Parameter(
                "number_of_training_epochs",
                Kind.INTEGER,
                "Number of training epochs",
                default=10,
                minimum=1,
                maximum=100_000,
                when=IN_DESCENT,
            ),
            "1; 10; 100",
        ),
        Parameter(
            "l2_regularization_weight",
            Kind.NUMBER,
            "L2 regularization weight",
            default=0.001,
            minimum=0,
            description="How strongly large coefficients are held back. 0 is a regression without regularization.",
        ),
        Parameter(
            "include_intercept_term",
            Kind.BOOLEAN,
            "Include intercept term",
            default=True,
            when={METHOD: (LEAST_SQUARES,)},
        ),
        Parameter("normalize_features", Kind.BOOLEAN, "Normalize features", default=True, when=IN_DESCENT),
        Parameter("average_final_hypothesis", Kind.BOOLEAN, "Average final hypothesis", default=True, when=IN_DESCENT),
        Parameter("decrease_learning_rate", Kind.BOOLEAN, "Decrease learning rate", default=True, when=IN_DESCENT),
        trainer.RANDOM_SEED,
        trainer.UNKNOWN,
    ),
    keywords=("ordinary least squares", "ridge", "ols", "sgd"),
)
