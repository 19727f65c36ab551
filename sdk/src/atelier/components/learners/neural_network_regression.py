"""Neural Network Regression."""

from __future__ import annotations

from atelier.components.learners import networks, trainer
from atelier.components.learners.task import Task

estimator = networks.estimator
COMPONENT = trainer.learner(
    "neural_network_regression",
    "Neural Network Regression",
    Task.REGRESSION,
    "Predicts a number with layers of nodes, each fully connected to the one before.",
    networks.PARAMETERS,
    packages=networks.PACKAGES,
    keywords=networks.KEYWORDS,
)
