"""Add Columns: two tables side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components import column_names
from atelier.components.context import Context
from atelier.components.declaring import Component, Port, PortType
from atelier.components.tables import Table


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """All columns of both; a name that is in both gets a number in the right one, missing rows are filled up."""
    import pandas as pd

    left, right = inputs["left_dataset"], inputs["right_dataset"]
    names = column_names.each_once(right.frame.columns, left.frame.columns)
    renamed = right.frame.set_axis(names, axis=1)
    frame = pd.concat([left.frame.reset_index(drop=True), renamed.reset_index(drop=True)], axis=1)
    known = {new: right.columns[old] for old, new in zip(right.frame.columns, names) if old in right.columns}
    return {"combined_dataset": Table(frame, {**left.columns, **known})}


COMPONENT = Component(
    name="add_columns",
    label="Add Columns",
    category="Data transformation",
    description="Puts the columns of two tables side by side; the shorter one is filled up with missing values.",
    run=run,
    inputs=(Port("left_dataset", PortType.DATASET), Port("right_dataset", PortType.DATASET)),
    outputs=(Port("combined_dataset", PortType.DATASET),),
    keywords=("concatenate", "merge"),
)
