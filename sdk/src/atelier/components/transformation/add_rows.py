"""Add Rows: one table below another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.context import Context
from atelier.components.declaring import Component, Port, PortType
from atelier.components.tables import Table


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The rows of both; columns meet by name, and one that is in one table alone has missing values in the other."""
    import pandas as pd

    first, second = inputs["dataset1"], inputs["dataset2"]
    frame = pd.concat([first.frame, second.frame], ignore_index=True)
    for name in first.frame.columns.intersection(second.frame.columns):
        kinds = {str(one.frame[name].dtype) for one in (first, second)}
        if kinds == {"category"}:
            frame[name] = frame[name].astype("category")
    return {"results_dataset": Table(frame, {**second.columns, **first.columns})}


COMPONENT = Component(
    name="add_rows",
    label="Add Rows",
    category="Data transformation",
    description="Puts the rows of the second table below those of the first; columns meet by name.",
    run=run,
    inputs=(Port("dataset1", PortType.DATASET, "Dataset1"), Port("dataset2", PortType.DATASET, "Dataset2")),
    outputs=(Port("results_dataset", PortType.DATASET),),
    keywords=("append", "union", "concatenate"),
)
