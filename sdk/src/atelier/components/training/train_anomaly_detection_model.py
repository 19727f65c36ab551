"""Train Anomaly Detection Model: a detector and a table of ordinary rows give a model that finds others."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from atelier.components.declaring import Component, Port, PortType
from atelier.components.learners import UntrainedModel, trained
from atelier.components.training import ports


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The trained model. A column marked as the label is no feature."""
    untrained: UntrainedModel = inputs["untrained_model"]
    notes = {"Values to try": "the first of each list was taken"} if untrained.ranges else {}
    began = time.perf_counter()
    model = trained.train_anomaly(untrained.with_parameters({}), inputs["dataset"])
    context.log_metrics({"training_rows": model.rows, "training_seconds": time.perf_counter() - began})
    return {"trained_model": replace(model, notes=notes)}


COMPONENT = Component(
    name="train_anomaly_detection_model",
    label="Train Anomaly Detection Model",
    category="Anomaly detection",
    description="Trains an anomaly detector on rows that are ordinary; a label column is left out.",
    run=run,
    inputs=(ports.UNTRAINED, Port("dataset", PortType.DATASET, "Dataset", "Ordinary rows.")),
    outputs=(ports.TRAINED,),
    packages=("scikit-learn",),
    keywords=("outlier", "fit"),
)
