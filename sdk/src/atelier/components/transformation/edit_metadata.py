"""Edit Metadata: names and types of columns, and what they are meant as."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from atelier.components import column_rules
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import FEATURE, LABEL, SCORE, Table
from atelier.components.transformation import column_types

UNCHANGED = "Unchanged"
CATEGORICAL, NON_CATEGORICAL = "Categorical", "NonCategorical"
FEATURES, LABELS, CLEAR_FEATURES = "Features", "Labels", "ClearFeatures"
CLEAR_LABELS, CLEAR_SCORES = "ClearLabels", "ClearScores"
NOTHING = ""  # a column that is no feature


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The table with the chosen columns renamed, converted and marked."""
    table: Table = inputs["dataset"]
    names = column_rules.pick_in_order(parameters["columns"], table, parameter="columns", port="dataset")
    frame = table.frame.copy()
    for name in names:
        frame[name] = _converted(frame[name], name, parameters)
    made = Table(frame, table.columns)
    for name in names:
        made = made.marked([name], _meant(table, name, parameters))
    return {"results_dataset": _renamed(made, names, parameters["new_column_names"] or "")}


def _converted(values: Any, name: str, parameters: Mapping[str, Any]) -> Any:
    if parameters["categorical"] == NON_CATEGORICAL:
        values = column_types.without_categories(values)
    found = column_types.converted(values, name, parameters["data_type"], parameters.get("date_format"))
    return found.astype("category") if parameters["categorical"] == CATEGORICAL else found


def _meant(table: Table, name: str, parameters: Mapping[str, Any]) -> Any:
    column, fields = table.column(name), parameters["fields"]
    if parameters["categorical"] != UNCHANGED:
        column = replace(column, is_categorical=parameters["categorical"] == CATEGORICAL)
    cleared = {CLEAR_FEATURES: FEATURE, CLEAR_LABELS: LABEL, CLEAR_SCORES: SCORE}
    if fields in (FEATURES, LABELS):
        return replace(column, role=FEATURE if fields == FEATURES else LABEL, kind="")
    if fields in cleared and column.role == cleared[fields]:
        return replace(column, role=NOTHING if fields == CLEAR_FEATURES else FEATURE, kind="")
    return column


def _renamed(table: Table, names: list[str], text: str) -> Table:
    if not text.strip():
        return table
    wanted = [one.strip() for one in next(csv.reader([text], skipinitialspace=True))]
    if len(wanted) != len(names):
        said = f"{len(names)} columns are chosen and {len(wanted)} new names are given: give one name for each."
        raise ComponentError(said, parameter="new_column_names")
    new = dict(zip(names, wanted))
    all_names = [new.get(name, name) for name in table.frame.columns]
    twice = next((name for name in all_names if not name or all_names.count(name) > 1), None)
    if twice is not None:
        said = f"Two columns would be called {twice!r}." if twice else "A new column name is empty."
        raise ComponentError(said, parameter="new_column_names")
    known = {new.get(name, name): column for name, column in table.columns.items()}
    return Table(table.frame.set_axis(all_names, axis=1), known)


COMPONENT = Component(
    name="edit_metadata",
    label="Edit Metadata",
    category="Data transformation",
    description="Renames columns, changes their type, and says whether they are categories, features or the label.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("results_dataset", PortType.DATASET),),
    parameters=(
        Parameter("columns", Kind.COLUMNS, "Column", port="dataset"),
        Parameter("data_type", Kind.CHOICE, default=UNCHANGED, choices=(UNCHANGED, *column_types.TYPES)),
        Parameter(
            "date_format",
            Kind.TEXT,
            "Date time format",
            optional=True,
            description="As Python writes it, such as %Y-%m-%d %H:%M; without it the usual forms are recognised.",
            when={"data_type": (column_types.DATETIME,)},
        ),
        Parameter("categorical", Kind.CHOICE, default=UNCHANGED, choices=(UNCHANGED, CATEGORICAL, NON_CATEGORICAL)),
        Parameter(
            "fields",
            Kind.CHOICE,
            default=UNCHANGED,
            choices=(UNCHANGED, FEATURES, LABELS, CLEAR_FEATURES, CLEAR_LABELS, CLEAR_SCORES),
            description="ClearFeatures keeps a column in the table that no learner takes.",
        ),
        Parameter(
            "new_column_names",
            Kind.TEXT,
            optional=True,
            description="With commas between them, in the order of the chosen columns.",
        ),
    ),
    keywords=("rename", "cast", "type", "label"),
)
