"""Assign Data to Clusters: rows of another table assigned to clusters that were found before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Component, Kind, Parameter, Port, PortType


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The table with "Assignments" and the distances to each centre, or these alone."""
    model = inputs["trained_model"]
    return {"results_dataset": model.assign(inputs["dataset"], append=parameters["append_or_result_only"])}


COMPONENT = Component(
    name="assign_data_to_clusters",
    label="Assign Data to Clusters",
    category="Model scoring and evaluation",
    description="Assigns each row to the cluster whose centre is nearest.",
    run=run,
    inputs=(
        Port("trained_model", PortType.TRAINED_CLUSTER, "Trained model"),
        Port("dataset", PortType.DATASET, "Dataset"),
    ),
    outputs=(Port("results_dataset", PortType.DATASET, "Results dataset"),),
    parameters=(
        Parameter(
            "append_or_result_only",
            Kind.BOOLEAN,
            "Check for append or uncheck for result only",
            default=True,
            description="Switched off, the table has the assignments and distances alone.",
        ),
    ),
    packages=("scikit-learn",),
    keywords=("segments", "groups", "predict"),
)
