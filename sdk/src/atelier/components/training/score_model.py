"""Score Model: what a trained model says of each row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.training import ports


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The table with the score columns that `learners.trained` lists by task, or these alone."""
    scored = inputs["trained_model"].score(inputs["dataset"], append=parameters["append_score_columns_to_output"])
    return {"scored_dataset": scored}


COMPONENT = Component(
    name="score_model",
    label="Score Model",
    category="Model scoring and evaluation",
    description="Lets a trained model predict each row of a table.",
    run=run,
    inputs=(ports.TRAINED, Port("dataset", PortType.DATASET, "Dataset", "The rows to score.")),
    outputs=(Port("scored_dataset", PortType.DATASET, "Scored dataset"),),
    parameters=(
        Parameter(
            "append_score_columns_to_output",
            Kind.BOOLEAN,
            "Append score columns to output",
            default=True,
            description="Switched off, the output has the score columns alone.",
        ),
    ),
    packages=("scikit-learn",),
    keywords=("predict", "inference", "scored labels"),
)
