"""Partition by Column: a table as a folder of tables, one for each value of a column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components import parts, tables
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

MOST = 1000  # rounds of a loop
LONGEST = 120


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The folder: below it one folder for each value, named `column=value`, with the rows that have it."""
    table: Table = inputs["dataset"]
    column = table.require(parameters["column"], parameter="column", port="dataset")
    groups = _groups(table, column, parameters)
    folder = context.workdir / "partitions"
    for name, frame in groups.items():
        kept = frame if parameters["keep_the_column"] else frame.drop(columns=column)
        tables.store(table.with_frame(kept), folder / name)
    context.log_metrics({"partitions": len(groups), "rows": sum(map(len, groups.values()))})
    return {"partitions": folder}


def _groups(table: Table, column: str, parameters: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """The rows of each partition by its name, in the order of the values."""
    values = table.frame[column]
    most = parameters["most_partitions"]
    if values.nunique(dropna=False) > most:
        raise ComponentError(
            f"{column} has {values.nunique(dropna=False):,} values, and there may be {most:,} partitions: choose another "
            "column, or group its values into bins first.",
            parameter="most_partitions",
        )
    found: dict[str, pd.DataFrame] = {}
    for value, frame in table.frame.groupby(values, dropna=False, observed=True):
        name = parts.name_of(column, _said(value))
        _check_name(name, found, column)
        if len(frame) >= parameters["fewest_rows"]:
            found[name] = frame
    if not found:
        raise ComponentError(
            f"No value of {column} has {parameters['fewest_rows']:,} rows, so there is no partition.",
            parameter="fewest_rows",
        )
    return found


def _said(value: Any) -> str:
    """The value as text; whole numbers without a point, and nothing for a missing one."""
    import pandas as pd

    if pd.isna(value):
        return ""
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if is_whole else value)


def _check_name(name: str, taken: Mapping[str, Any], column: str) -> None:
    if len(name) > LONGEST:
        raise ComponentError(f"The values of {column} are too long to be names of partitions.", parameter="column")
    if name in taken:
        raise ComponentError(
            f"Two values of {column} make the same name, {name}: they differ in letters that a folder can't have.",
            parameter="column",
        )


COMPONENT = Component(
    name="partition_by_column",
    label="Partition by Column",
    category="Data transformation",
    description="Makes a folder of tables of one, one for each value of a column: what a For each goes through.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("partitions", PortType.FOLDER, "Partitions", "A folder for each value, named column=value."),),
    parameters=(
        Parameter(
            "column", Kind.COLUMN, "Partition by", port="dataset", description="Each of its values is one table."
        ),
        Parameter(
            "keep_the_column",
            Kind.BOOLEAN,
            "Keep the column in the tables",
            default=False,
            description="Within a partition it always has the same value.",
        ),
        Parameter(
            "fewest_rows",
            Kind.INTEGER,
            "Fewest rows of a partition",
            1,
            minimum=1,
            description="Values that fewer rows have are left out.",
        ),
        Parameter("most_partitions", Kind.INTEGER, "Most partitions", 100, minimum=1, maximum=MOST),
    ),
    keywords=("many models", "group", "parallel", "for each", "split", "folder"),
)
