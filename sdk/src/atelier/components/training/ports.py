"""Ports and parameters that the components of training share."""

from __future__ import annotations

from atelier.components.declaring import Kind, Parameter, Port, PortType

UNTRAINED = Port("untrained_model", PortType.UNTRAINED_MODEL, "Untrained model", "A learner with its settings.")
DATASET = Port("dataset", PortType.DATASET, "Dataset", "The rows, with the label column.")
TRAINED = Port("trained_model", PortType.TRAINED_MODEL, "Trained model")


def label_column(port: str) -> Parameter:
    """The column that a model is trained to predict."""
    return Parameter(
        "label_column", Kind.COLUMN, "Label column", port=port, description="The column that the model is to predict."
    )


def seed(description: str) -> Parameter:
    """A seed whose default is 0."""
    return Parameter(
        "random_seed", Kind.INTEGER, "Random seed", default=0, minimum=0, maximum=2**32 - 1, description=description
    )
