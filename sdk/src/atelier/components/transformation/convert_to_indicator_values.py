"""Convert to Indicator Values: a column of 0 and 1 for each value of a categorical column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atelier.components import column_names, column_rules, views
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.transforms import Transform

MOST = 1000  # columns of one column: more is text, or an identifier


@dataclass
class IndicatorValues(Transform):
    """Columns of 0 and 1 for the values that were there when it was made; another value has 0 in all of them."""

    values: dict[str, list[Any]]
    overwrites: bool
    title = "Convert to Indicator Values"

    def apply(self, table: Table) -> Table:
        import pandas as pd

        made: dict[str, Any] = {}
        there = [name for name in self.values if name in table.frame.columns]
        for name in there:
            given = table.frame[name].astype("object")
            for value in self.values[name]:
                free = column_names.free(f"{name}-{value}", [*table.frame.columns, *made])
                made[free] = (given == value).fillna(False).astype("int64")
        kept = table.frame.drop(columns=there) if self.overwrites else table.frame
        return table.with_frame(pd.concat([kept, pd.DataFrame(made, index=kept.index)], axis=1))

    def facts(self) -> list[tuple[str, Any]]:
        return [("Columns", ", ".join(self.values)), ("The original columns", "go" if self.overwrites else "stay")]

    def tables(self) -> list[dict[str, Any]]:
        rows = [[name, ", ".join(map(str, values))] for name, values in self.values.items()]
        return [views.table("Values", ("Column", "Values"), rows)]


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The table with the columns of 0 and 1, and the transform that makes the same ones of another table."""
    table: Table = inputs["dataset"]
    names = column_rules.pick(parameters["columns"], table, parameter="columns", port="dataset")
    values = {}
    for name in names:
        values[name] = sorted(table.frame[name].dropna().unique().tolist(), key=lambda one: (str(type(one)), one))
        if len(values[name]) > MOST:
            said = f"{name!r} has {len(values[name])} different values; at most {MOST} can become columns."
            raise ComponentError(said, parameter="columns", port="dataset")
    transform = IndicatorValues(values, parameters["overwrite_categorical_columns"])
    return {"results_dataset": transform.apply(table), "indicator_values_transformation": transform}


COMPONENT = Component(
    name="convert_to_indicator_values",
    label="Convert to Indicator Values",
    category="Data transformation",
    description="Makes a column of 0 and 1 for each value of a categorical column.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(
        Port("results_dataset", PortType.DATASET),
        Port("indicator_values_transformation", PortType.TRANSFORM),
    ),
    parameters=(
        Parameter(
            "columns",
            Kind.COLUMNS,
            "Categorical columns to convert",
            "none; include types categorical, string",
            port="dataset",
        ),
        Parameter(
            "overwrite_categorical_columns",
            Kind.BOOLEAN,
            default=False,
            description="The new columns take the place of the original ones.",
        ),
    ),
    keywords=("one-hot", "dummies", "encode"),
)
