"""Remove Duplicate Rows: each combination of the key columns once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components import column_rules
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.tables import Table


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The table without the rows whose key was there before (or comes again)."""
    table: Table = inputs["dataset"]
    keys = column_rules.pick(parameters["key_columns"], table, parameter="key_columns", port="dataset")
    kept = "first" if parameters["retain_first_duplicate_row"] else "last"
    return {"results_dataset": table.with_frame(table.frame.drop_duplicates(subset=keys, keep=kept))}


COMPONENT = Component(
    name="remove_duplicate_rows",
    label="Remove Duplicate Rows",
    category="Data transformation",
    description="Keeps one row of those that have the same values in the key columns; missing values count as the same.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("results_dataset", PortType.DATASET),),
    parameters=(
        Parameter("key_columns", Kind.COLUMNS, "Key column selection filter expression", "all", port="dataset"),
        Parameter(
            "retain_first_duplicate_row",
            Kind.BOOLEAN,
            default=True,
            description="The first of the same rows stays; without it the last one.",
        ),
    ),
    keywords=("unique", "distinct"),
)
