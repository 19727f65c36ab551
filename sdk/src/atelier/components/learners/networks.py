"""Neural networks, as the two-class, the multiclass and the regression component declare them.

Hidden nodes are sigmoids, trained by stochastic gradient descent on batches of a hundredth of the rows, at least 20 and
at most 200; the first weights lie between minus and plus half the diameter. A regression is trained towards labels of mean 0 and deviation 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.learners import scaling, trainer
from atelier.components.learners.task import Shape

SMALLEST, LARGEST = 20, 200  # rows of a batch
PACKAGES = ("scikit-learn",)
KEYWORDS = ("mlp", "perceptron", "deep learning")
PARAMETERS = (
    trainer.CREATE_MODE,
    Parameter(
        "number_of_hidden_nodes",
        Kind.NUMBERS,
        "Number of hidden nodes",
        default="100",
        minimum=1,
        maximum=10_000,
        description="Of each hidden layer, with ; between them: “100” is one layer, “50; 20” are two.",
    ),
    *trainer.ranged(
        Parameter("learning_rate", Kind.NUMBER, "Learning rate", default=0.1, minimum=1e-9, maximum=10),
        "0.1; 0.2; 0.4",
    ),
    *trainer.ranged(
        Parameter(
            "number_of_learning_iterations",
            Kind.INTEGER,
            "Number of learning iterations",
            default=100,
            minimum=1,
            maximum=100_000,
        ),
        "20; 40; 80; 160",
    ),
    Parameter(
        "initial_learning_weights_diameter",
        Kind.NUMBER,
        "Initial learning weights diameter",
        default=0.1,
        minimum=1e-9,
        maximum=1000,
    ),
    Parameter("momentum", Kind.NUMBER, "Momentum", default=0.0, minimum=0, maximum=1),
    Parameter("shuffle_examples", Kind.BOOLEAN, "Shuffle examples", default=True),
    Parameter("normalizer", Kind.CHOICE, "Type of normalizer", default=scaling.MIN_MAX, choices=scaling.CHOICES),
    trainer.RANDOM_SEED,
    trainer.UNKNOWN,
)


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """scikit-learn's multi-layer perceptron behind the scaling, with weights of that diameter."""
    from atelier.components.learners import perceptrons

    network = perceptrons.of(
        shape.task.has_classes,
        hidden_layer_sizes=tuple(int(nodes) for nodes in parameters["number_of_hidden_nodes"]),
        activation="logistic",
        solver="sgd",
        alpha=0.0,
        batch_size=max(1, min(shape.rows, LARGEST, max(SMALLEST, shape.rows // 100))),
        learning_rate_init=parameters["learning_rate"],
        max_iter=parameters["number_of_learning_iterations"],
        momentum=parameters["momentum"],
        nesterovs_momentum=False,
        shuffle=parameters["shuffle_examples"],
        random_state=trainer.seed_of(parameters),
        tol=0.0,
        n_iter_no_change=parameters["number_of_learning_iterations"],
    )
    begun = perceptrons.Begun(network, parameters["initial_learning_weights_diameter"], trainer.seed_of(parameters))
    whole = scaling.before(parameters["normalizer"], begun)
    return whole if shape.task.has_classes else scaling.with_scaled_target(whole)
