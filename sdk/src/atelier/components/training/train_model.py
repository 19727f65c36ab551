"""Train Model: a learner and a table give a model that predicts the label column."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from atelier.components import learners, views
from atelier.components.declaring import Component, Kind, Parameter
from atelier.components.learners import UntrainedModel
from atelier.components.tables import Table
from atelier.components.training import ports


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The trained model. Of a learner with lists of values to try, the first of each is taken."""
    untrained: UntrainedModel = inputs["untrained_model"]
    table: Table = inputs["dataset"]
    notes = {"Values to try": "the first of each list was taken"} if untrained.ranges else {}
    began = time.perf_counter()
    model = learners.train(untrained.with_parameters({}), table, parameters["label_column"])
    context.log_metrics({"training_rows": model.rows, "training_seconds": time.perf_counter() - began})
    explained = _importances(model, table) if parameters["model_explanations"] else ()
    return {"trained_model": replace(model, notes=notes, explained=explained)}


def _importances(model: learners.TrainedModel, table: Table) -> tuple[dict[str, Any], ...]:
    from atelier.components.explaining import permuting

    found = permuting.importances(model, table, repeats=3, seed=0)
    return (views.of_frame(f"Loss of {permuting.metric_of(model).lower()} without the column", found),)


COMPONENT = Component(
    name="train_model",
    label="Train Model",
    category="Model training",
    description="Trains a learner on a table, so that it predicts the label column.",
    run=run,
    inputs=(ports.UNTRAINED, ports.DATASET),
    outputs=(ports.TRAINED,),
    parameters=(
        ports.label_column("dataset"),
        Parameter(
            "model_explanations",
            Kind.BOOLEAN,
            "Model explanations",
            default=False,
            description="Also tell how much worse the model gets when a column's values are dealt out anew.",
        ),
    ),
    packages=("scikit-learn",),
    keywords=("fit", "learn"),
)
