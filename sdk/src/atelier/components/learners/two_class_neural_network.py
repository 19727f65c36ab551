"""Two-Class Neural Network."""

from __future__ import annotations

from atelier.components.learners import networks, trainer
from atelier.components.learners.task import Task

estimator = networks.estimator
COMPONENT = trainer.learner(
    "two_class_neural_network",
    "Two-Class Neural Network",
    Task.BINARY,
    "Tells two classes apart with layers of nodes, each fully connected to the one before.",
    networks.PARAMETERS,
    packages=networks.PACKAGES,
    keywords=networks.KEYWORDS,
)
