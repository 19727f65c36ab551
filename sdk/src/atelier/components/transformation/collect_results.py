"""Collect Results: what the rounds of a For each left, evaluations or tables, as one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from atelier.components import column_names, parts, tables, values
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

PARTITION, SCORED, ROWS = "Partition", "Scored", "Rows"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """One table: a row for each evaluation, or the rows of all tables, each with what its part is of in front."""
    found = list(parts.of(Path(inputs["results"])))
    if not found:
        raise ComponentError("There is nothing to collect: no round left anything.", port="results")
    are_evaluations = {(part.path / values.EVALUATION).is_file() for part in found}
    if len(are_evaluations) > 1:
        raise ComponentError("Some of the results are evaluations and some are not: collect one kind.", port="results")
    column = parameters["name_of_the_column"] or _column(found)
    made = _of_evaluations(found, column) if are_evaluations == {True} else _of_tables(found, column)
    context.log_metrics({"parts": len(found), "rows": len(made.frame)})
    return {"results_dataset": made}


def _column(found: Iterable[parts.Part]) -> str:
    """The column that the parts are named by; a plain word where they are named by several or none."""
    columns = {said[0] if (said := parts.said_by(part.name)) else "" for part in found}
    return columns.pop() if len(columns) == 1 and "" not in columns else PARTITION


def _label(part: parts.Part, column: str) -> str:
    said = parts.said_by(part.name)
    return said[1] if said and column != PARTITION else part.name


def _of_evaluations(found: Iterable[parts.Part], column: str) -> Table:
    import pandas as pd

    rows = []
    for part in found:
        runs = values.load(PortType.EVALUATION, part.path).get("runs") or []
        for one in runs:
            scored = {SCORED: one.get("name", "")} if len(runs) > 1 else {}
            rows.append({column: _label(part, column), **scored, ROWS: one.get("rows"), **(one.get("metrics") or {})})
    return Table(pd.DataFrame(rows))


def _of_tables(found: Iterable[parts.Part], column: str) -> Table:
    import pandas as pd

    frames = []
    columns: dict[str, tables.Column] = {}
    name = column
    for part in found:
        table = tables.load(part.path)
        name = column_names.free(column, table.frame.columns) if name in table.frame.columns else name
        frames.append((_label(part, column), table.frame))
        columns |= {key: one for key, one in table.columns.items() if key not in columns}
    marked = [frame.assign(**{name: label})[[name, *frame.columns]] for label, frame in frames]
    return Table(pd.concat(marked, ignore_index=True), columns)


COMPONENT = Component(
    name="collect_results",
    label="Collect Results",
    category="Data transformation",
    description="Makes one table of what the rounds of a For each left: a row of figures for each evaluation, or all rows of their tables.",
    run=run,
    inputs=(
        Port(
            "results", PortType.FOLDER, "Results", "An output of the loop's body, or a folder of evaluations or tables."
        ),
    ),
    outputs=(Port("results_dataset", PortType.DATASET),),
    parameters=(
        Parameter(
            "name_of_the_column",
            Kind.TEXT,
            default="",
            optional=True,
            description="The column that says what a row is of. Empty: as the partitions are called.",
        ),
    ),
    keywords=("many models", "aggregate", "gather", "for each", "concatenate", "metrics"),
)
