"""Apply Transformation: what was learned from one table, done to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.context import Context
from atelier.components.declaring import Component, Port, PortType


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The table as the transform makes it."""
    return {"transformed_dataset": inputs["transformation"].apply(inputs["dataset"])}


COMPONENT = Component(
    name="apply_transformation",
    label="Apply Transformation",
    category="Model scoring and evaluation",
    description="Does to a table what a transform learned from another one.",
    run=run,
    inputs=(Port("transformation", PortType.TRANSFORM), Port("dataset", PortType.DATASET)),
    outputs=(Port("transformed_dataset", PortType.DATASET),),
    packages=("scikit-learn",),
)
