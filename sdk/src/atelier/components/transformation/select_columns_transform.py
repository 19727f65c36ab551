"""Select Columns Transform: a transform that keeps the columns of this table in any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atelier.components import column_rules
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.tables import Table
from atelier.components.transforms import Transform


@dataclass
class ColumnsSelection(Transform):
    """Keeps the columns that were picked, in their order."""

    names: list[str]
    title = "Select Columns Transform"

    def apply(self, table: Table) -> Table:
        for name in self.names:
            table.require(name, port="dataset")
        return table.with_frame(table.frame[self.names])

    def facts(self) -> list[tuple[str, Any]]:
        return [("Columns", ", ".join(self.names))]


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A transform that keeps the picked columns."""
    table: Table = inputs["dataset_with_desired_columns"]
    port = "dataset_with_desired_columns"
    names = column_rules.pick(parameters["columns"], table, parameter="columns", port=port)
    return {"columns_selection_transformation": ColumnsSelection(names)}


COMPONENT = Component(
    name="select_columns_transform",
    label="Select Columns Transform",
    category="Data transformation",
    description="Makes a transform that keeps the same columns in other tables.",
    run=run,
    inputs=(Port("dataset_with_desired_columns", PortType.DATASET),),
    outputs=(Port("columns_selection_transformation", PortType.TRANSFORM),),
    parameters=(Parameter("columns", Kind.COLUMNS, "Select columns", "all", port="dataset_with_desired_columns"),),
)
