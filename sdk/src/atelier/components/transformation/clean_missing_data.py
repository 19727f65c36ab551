"""Clean Missing Data: missing values are filled, or their rows or columns left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components import column_rules
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.tables import Table
from atelier.components.transformation import cleaning
from atelier.components.transformation.cleaning import CUSTOM, MEAN, MEDIAN, MODE, REMOVE_COLUMN, REMOVE_ROW


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The cleaned table, and the transform that cleans another one in the same way."""
    table: Table = inputs["dataset"]
    names = column_rules.pick(parameters["columns"], table, parameter="columns", port="dataset")
    transform = cleaning.learn(table, names, parameters)
    return {"cleaned_dataset": transform.apply(table), "cleaning_transformation": transform}


COMPONENT = Component(
    name="clean_missing_data",
    label="Clean Missing Data",
    category="Data transformation",
    description="Fills missing values, or leaves out their rows or columns, and keeps how as a transform.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET, description="The table to clean."),),
    outputs=(
        Port("cleaned_dataset", PortType.DATASET),
        Port("cleaning_transformation", PortType.TRANSFORM, description="Cleans another table in the same way."),
    ),
    parameters=(
        Parameter("columns", Kind.COLUMNS, "Columns to be cleaned", "all", port="dataset"),
        Parameter(
            "minimum_missing_value_ratio",
            Kind.NUMBER,
            default=0.0,
            minimum=0,
            maximum=1,
            description="Only columns with at least this share of missing values are cleaned.",
        ),
        Parameter(
            "maximum_missing_value_ratio",
            Kind.NUMBER,
            default=1.0,
            minimum=0,
            maximum=1,
            description="Only columns with at most this share of missing values are cleaned.",
        ),
        Parameter(
            "cleaning_mode",
            Kind.CHOICE,
            default=CUSTOM,
            choices=(CUSTOM, MEAN, MEDIAN, MODE, REMOVE_ROW, REMOVE_COLUMN),
        ),
        Parameter("replacement_value", Kind.TEXT, default="0", when={"cleaning_mode": (CUSTOM,)}),
        Parameter(
            "cols_with_all_missing_values",
            Kind.CHOICE,
            "Columns with all missing values",
            cleaning.PROPAGATE,
            choices=(cleaning.PROPAGATE, cleaning.REMOVE),
            when={"cleaning_mode": (MEAN, MEDIAN, MODE)},
        ),
        Parameter(
            "generate_missing_value_indicator_column",
            Kind.BOOLEAN,
            default=False,
            description="A column beside each cleaned one says where a value was missing.",
            when={"cleaning_mode": (CUSTOM, MEAN, MEDIAN, MODE)},
        ),
    ),
    keywords=("impute", "null", "nan", "drop rows"),
)
