"""Assign Data to Clusters: rows of another table assigned to clusters that were found before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.clusters import assigning
from atelier.components.declaring import Component


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
    inputs=(assigning.TRAINED, assigning.DATASET),
    outputs=(assigning.RESULTS,),
    parameters=(assigning.APPEND,),
    packages=assigning.PACKAGES,
    keywords=("segments", "groups", "predict"),
)
