"""Apply SQL Transformation: up to three tables queried as t1, t2 and t3, in SQLite's dialect."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from atelier.components import column_kinds, column_names
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

NAMES = ("t1", "t2", "t3")


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """What the query gives; a column that keeps its name keeps its type and what it is meant as."""
    import pandas as pd

    tables = {name: inputs[name] for name in NAMES if inputs[name] is not None}
    connection = sqlite3.connect(":memory:")
    try:
        for name, table in tables.items():
            _put(connection, name, table)
        cursor = connection.execute(parameters["sql_query_script"])
        if cursor.description is None:
            raise ComponentError("The query gives no table: it must be a SELECT.", parameter="sql_query_script")
        names = column_names.each_once([str(column[0]) for column in cursor.description])
        frame = pd.DataFrame(cursor.fetchall(), columns=pd.Index(names))
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise ComponentError(f"SQL: {str(error).rstrip('.')}.", parameter="sql_query_script") from error
    finally:
        connection.close()
    return {"results_dataset": _typed(frame, tables)}


def _put(connection: sqlite3.Connection, name: str, table: Table) -> None:
    """The table in the database. Times are texts there, which SQLite's functions of dates read."""
    import pandas as pd

    frame = table.frame.copy()
    for column in frame.columns:
        if isinstance(frame[column].dtype, pd.CategoricalDtype):
            frame[column] = frame[column].astype("object")
        elif pd.api.types.is_timedelta64_dtype(frame[column]):
            frame[column] = frame[column].astype("string")
        elif frame[column].dtype == object:
            frame[column] = frame[column].map(_stored, na_action="ignore")
    if not len(frame.columns):
        raise ComponentError(f"The table {name} has no column.", port=name)
    frame.columns = pd.Index(column_names.each_once([column or "unnamed" for column in frame.columns]))
    frame.to_sql(name, connection, index=False)


def _stored(value: Any) -> Any:
    """A value as the database takes it."""
    return value if isinstance(value, (str, int, float, bytes)) else str(value)


def _typed(frame: Any, tables: Mapping[str, Table]) -> Table:
    import pandas as pd

    known = {}
    for name in frame.columns:
        source = next((table for table in tables.values() if name in table.frame.columns), None)
        if source is None:
            continue
        if name in source.columns:
            known[name] = source.columns[name]
        kind = column_kinds.of_series(source.frame[name])
        if kind == column_kinds.DATETIME:
            times = pd.to_datetime(frame[name], errors="coerce", format="ISO8601")
            frame[name] = times if (times.notna() == frame[name].notna()).all() else frame[name]
        elif kind == column_kinds.BOOLEAN and frame[name].dropna().isin([0, 1]).all():
            frame[name] = frame[name].astype("boolean" if frame[name].isna().any() else "bool")
        elif kind == column_kinds.CATEGORICAL:
            frame[name] = frame[name].astype("category")
    return Table(frame, known)


COMPONENT = Component(
    name="apply_sql_transformation",
    label="Apply SQL Transformation",
    category="Data transformation",
    description="Queries up to three tables with SQL (SQLite's dialect), as t1, t2 and t3.",
    run=run,
    inputs=(
        Port("t1", PortType.DATASET, "t1"),
        Port("t2", PortType.DATASET, "t2", optional=True),
        Port("t3", PortType.DATASET, "t3", optional=True),
    ),
    outputs=(Port("results_dataset", PortType.DATASET),),
    parameters=(
        Parameter("sql_query_script", Kind.SCRIPT, "SQL query script", "select * from t1", language="sql", port="t1"),
    ),
    keywords=("select", "where", "group by", "join", "query"),
)
