"""Two-Class Support Vector Machine: a linear one, by stochastic gradient descent on the hinge loss; a sigmoid fitted to
its margins gives the probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import scaling, trainer
from atelier.components.learners.task import Shape, Task


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """The linear machine behind its scaling, calibrated."""
    from sklearn.linear_model import SGDClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import Normalizer

    from atelier.components.learners import perceptrons

    found = SGDClassifier(
        loss="hinge",
        penalty="l2",
        alpha=parameters["lambda_weight"],
        max_iter=parameters["number_of_iterations"],
        tol=None,
        average=True,
        random_state=trainer.seed_of(parameters),
    )
    steps = scaling.steps(scaling.GAUSSIAN if parameters["normalize_features"] else scaling.NONE)
    sphere = [Normalizer()] if parameters["project_to_the_unit_sphere"] else []
    return perceptrons.Calibrated(make_pipeline(*steps, *sphere, found))


COMPONENT = trainer.learner(
    "two_class_support_vector_machine",
    "Two-Class Support Vector Machine",
    Task.BINARY,
    "Tells two classes apart by the plane that leaves the widest gap between them.",
    (
        trainer.CREATE_MODE,
        *trainer.ranged(
            Parameter(
                "number_of_iterations", Kind.INTEGER, "Number of iterations", default=10, minimum=1, maximum=100_000
            ),
            "1; 10; 100",
        ),
        *trainer.ranged(
            Parameter("lambda_weight", Kind.NUMBER, "Lambda", default=0.001, minimum=1e-12),
            "0.00001; 0.0001; 0.001; 0.01; 0.1",
        ),
        Parameter("normalize_features", Kind.BOOLEAN, "Normalize features", default=True),
        Parameter("project_to_the_unit_sphere", Kind.BOOLEAN, "Project to the unit-sphere", default=False),
        trainer.RANDOM_SEED,
        trainer.UNKNOWN,
    ),
    keywords=("svm", "linear", "hinge"),
)
