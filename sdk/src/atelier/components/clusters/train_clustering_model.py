"""Train Clustering Model: clusters found by columns of a table, and its rows assigned to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import clusters, column_rules
from atelier.components.clusters import assigning
from atelier.components.clusters.k_means_clustering import FILL, IGNORE
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.tables import LABEL, Table

if TYPE_CHECKING:
    import pandas as pd


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The clusters, and the table with "Assignments" and the distances to each centre."""
    table: Table = inputs["dataset"]
    names = column_rules.pick(parameters["column_set"], table, parameter="column_set", port="dataset")
    model = clusters.train(inputs["untrained_model"], table, names)
    labelled = _with_labels(table, model)
    results = model.assign(labelled, append=parameters["append_or_result_only"])
    context.log_metrics({"training_rows": model.rows, "clusters": len(model.centers)})
    return {"trained_model": model, "results_dataset": results}


def _with_labels(table: Table, model: clusters.TrainedCluster) -> Table:
    """The label column as the mode says: as it is, with gaps filled, or all of it, by the row nearest to the centre."""
    mode, label = model.untrained.parameters["assign_label_mode"], table.label
    if mode == IGNORE or label is None:
        return table
    assigned = model.scores(table)
    values = table.frame[label].astype(object)
    nearest = _labels_of_centers(assigned, values)
    told = assigned["Assignments"].map(nearest)
    changed = values.where(values.notna(), told) if mode == FILL else told.where(told.notna(), values)
    frame = table.frame.assign(**{label: changed.infer_objects()})
    return table.with_frame(frame).marked([label], table.column(label)) if table.column(label).role == LABEL else table


def _labels_of_centers(assigned: pd.DataFrame, values: pd.Series) -> dict[int, Any]:
    found = {}
    for cluster, rows in assigned[values.notna().to_numpy()].groupby("Assignments"):
        number = int(str(cluster))
        found[number] = values.loc[rows[f"DistancesToClusterCenter no.{number}"].idxmin()]
    return found


COMPONENT = Component(
    name="train_clustering_model",
    label="Train Clustering Model",
    category="Model training",
    description="Finds clusters by the chosen columns, and assigns each row to one.",
    run=run,
    inputs=(
        Port("untrained_model", PortType.UNTRAINED_CLUSTER, "Untrained model"),
        assigning.DATASET,
    ),
    outputs=(assigning.TRAINED, assigning.RESULTS),
    parameters=(
        Parameter("column_set", Kind.COLUMNS, "Column set", port="dataset", description="What rows are alike by."),
        assigning.APPEND,
    ),
    packages=assigning.PACKAGES,
    keywords=("kmeans", "segments", "groups"),
)
