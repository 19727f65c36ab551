"""What One-vs-All and One-vs-One declare: learners of several classes that are made of one of two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Component, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.learners import trainer, untrained
from atelier.components.learners.task import Task
from atelier.components.learners.untrained import UntrainedModel

INPUT = Port(
    "untrained_binary_classification_model",
    PortType.UNTRAINED_MODEL,
    "Untrained binary classification model",
    "The learner that tells two classes apart.",
)


def learner(name: str, label: str, description: str) -> Component:
    """The declaration of a learner made of a binary one."""

    def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, UntrainedModel]:
        inner: UntrainedModel = inputs[INPUT.name]
        if inner.task not in (Task.BINARY, Task.CLASSIFICATION):
            said = (
                f"{inner.label} is no two-class learner, and {label} is made of one: connect one of the Two-Class ones."
            )
            raise ComponentError(said, port=INPUT.name)
        # Lists of values to try, and the unknown categories, are the inner learner's.
        own: dict[str, Any] = {untrained.UNKNOWN_LEVELS: inner.allows_unknown_levels}
        own.update({tried: inner.parameters[tried] for tried in inner.ranges})
        return {"untrained_model": UntrainedModel(name, own, Task.MULTICLASS, inner.ranges, inner)}

    return Component(
        name=name,
        label=label,
        category="Classification",
        description=description,
        run=run,
        inputs=(INPUT,),
        outputs=(trainer.OUTPUT,),
        packages=("scikit-learn",),
        keywords=("multiclass", "ensemble"),
    )
