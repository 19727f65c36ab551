"""Multiclass Neural Network."""

from __future__ import annotations

from atelier.components.learners import networks, trainer
from atelier.components.learners.task import Task

estimator = networks.estimator
COMPONENT = trainer.learner(
    "multiclass_neural_network",
    "Multiclass Neural Network",
    Task.MULTICLASS,
    "Tells classes apart with layers of nodes, each fully connected to the one before.",
    networks.PARAMETERS,
    packages=networks.PACKAGES,
    keywords=networks.KEYWORDS,
)
