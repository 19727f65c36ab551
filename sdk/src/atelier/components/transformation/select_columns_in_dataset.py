"""Select Columns in Dataset: the columns that a rule picks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components import column_rules
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.tables import Table


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The table with the picked columns, in the order of the table."""
    table: Table = inputs["dataset"]
    names = column_rules.pick(parameters["columns"], table, parameter="columns", port="dataset")
    return {"results_dataset": table.with_frame(table.frame[names])}


COMPONENT = Component(
    name="select_columns_in_dataset",
    label="Select Columns in Dataset",
    category="Data transformation",
    description="Keeps the columns that a rule picks, in the order of the table.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("results_dataset", PortType.DATASET),),
    parameters=(Parameter("columns", Kind.COLUMNS, "Select columns", "all", port="dataset"),),
    keywords=("project columns", "exclude", "drop"),
)
