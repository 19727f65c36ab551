"""Two-Class Averaged Perceptron: scikit-learn's averaged perceptron on features between 0 and 1; a sigmoid fitted to
its margins gives the probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import scaling, trainer
from atelier.components.learners.task import Shape, Task


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """The averaged perceptron, calibrated."""
    from sklearn.linear_model import SGDClassifier

    from atelier.components.learners import perceptrons

    found = SGDClassifier(
        loss="perceptron",
        penalty=None,
        learning_rate="constant",
        eta0=parameters["learning_rate"],
        max_iter=parameters["maximum_number_of_iterations"],
        tol=None,
        average=True,
        random_state=trainer.seed_of(parameters),
    )
    return perceptrons.Calibrated(scaling.before(scaling.MIN_MAX, found))


COMPONENT = trainer.learner(
    "two_class_averaged_perceptron",
    "Two-Class Averaged Perceptron",
    Task.BINARY,
    "Tells two classes apart by a weighted sum, learned row by row and averaged. Quick, for classes a plane can part.",
    (
        trainer.CREATE_MODE,
        *trainer.ranged(
            Parameter("learning_rate", Kind.NUMBER, "Learning rate", default=1.0, minimum=1e-9), "0.1; 0.5; 1.0"
        ),
        *trainer.ranged(
            Parameter(
                "maximum_number_of_iterations",
                Kind.INTEGER,
                "Maximum number of iterations",
                default=10,
                minimum=1,
                maximum=100_000,
            ),
            "1; 10; 100",
        ),
        trainer.RANDOM_SEED,
        trainer.UNKNOWN,
    ),
    keywords=("linear", "online"),
)
