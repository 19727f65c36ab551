"""Evaluate Model: figures and curves of one scored table, or of two beside one another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Component, Port, PortType
from atelier.components.evaluation import reports

FIRST = Port("scored_dataset", PortType.DATASET, "Scored dataset", "What Score Model or Assign Data to Clusters made.")
SECOND = Port(
    "scored_dataset_to_compare",
    PortType.DATASET,
    "Scored dataset to compare",
    "What another model made of the same task.",
    optional=True,
)


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The evaluation, as `reports` describes it. Its figures are logged to the run, those of the second as `compared_…`."""
    given = {port.name: inputs[port.name] for port in (FIRST, SECOND) if inputs.get(port.name) is not None}
    evaluation = reports.report(given, {port.name: port.label for port in (FIRST, SECOND)})
    for before, one in zip(("", "compared_"), evaluation["runs"]):
        known = {f"{before}{name}": value for name, value in one["metrics"].items() if _is_number(value)}
        context.log_metrics(known)
    return {"evaluation_results": evaluation}


def _is_number(value: Any) -> bool:
    return value is not None and math.isfinite(value)


COMPONENT = Component(
    name="evaluate_model",
    label="Evaluate Model",
    category="Model scoring and evaluation",
    description="Shows how good scores are: figures, curves and a confusion matrix, of one scored table or of two.",
    run=run,
    inputs=(FIRST, SECOND),
    outputs=(Port("evaluation_results", PortType.EVALUATION, "Evaluation results"),),
    packages=("numpy",),
    keywords=("metrics", "roc", "auc", "confusion matrix", "r2", "accuracy", "rmse"),
)
