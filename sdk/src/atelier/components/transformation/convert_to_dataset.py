"""Convert to Dataset: a file becomes a table, and a value in it may be made missing or another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

NONE, SET_MISSING, REPLACE = "None", "SetMissingValues", "ReplaceValues"
MISSING, CUSTOM = "Missing", "Custom"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The table with the value replaced wherever it stands, in any column."""
    table: Table = inputs["dataset"]
    action = parameters["action"]
    if action == NONE:
        return {"results_dataset": table}
    frame = table.frame.copy()
    for name in frame.columns:
        if action == SET_MISSING:
            frame[name] = _replaced(frame[name], _is(frame[name], parameters["custom_missing_value"]), None)
        elif parameters["replace"] == MISSING:
            frame[name] = _replaced(frame[name], frame[name].isna(), parameters["new_value"])
        else:
            frame[name] = _replaced(frame[name], _is(frame[name], parameters["custom_value"]), parameters["new_value"])
    return {"results_dataset": table.with_frame(frame)}


def _is(values: pd.Series, text: str) -> pd.Series:
    """Where the value is: as text, and in a column of numbers as a number too."""
    from pandas.api import types

    if types.is_numeric_dtype(values) and not types.is_bool_dtype(values):
        try:
            return (values == float(text)).fillna(False).astype(bool)
        except ValueError:
            return values.isna() & False
    return (values.astype("string").str.strip() == text.strip()).fillna(False).astype(bool)


def _replaced(values: pd.Series, chosen: pd.Series, new: str | None) -> pd.Series:
    """The column with another value in the chosen rows; where these were all that kept it from being numbers, it is numbers."""
    import pandas as pd
    from pandas.api import types

    if not chosen.any():
        return values
    if types.is_numeric_dtype(values) and not types.is_bool_dtype(values):
        number = pd.to_numeric(new, errors="coerce") if new is not None else float("nan")
        if new is None or not pd.isna(number):
            return values.astype("float64").mask(chosen, number)
    text = values.astype("object").mask(chosen, new)
    numbers = pd.to_numeric(text, errors="coerce")
    is_numeric = bool(text.notna().any()) and bool((numbers.notna() | text.isna()).all())
    return numbers if is_numeric else text.astype("str")


COMPONENT = Component(
    name="convert_to_dataset",
    label="Convert to Dataset",
    category="Data transformation",
    description="Makes a table of a CSV, TSV, JSON lines or Parquet file, and can mark or replace a value in all columns.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("results_dataset", PortType.DATASET),),
    parameters=(
        Parameter("action", Kind.CHOICE, default=NONE, choices=(NONE, SET_MISSING, REPLACE)),
        Parameter("custom_missing_value", Kind.TEXT, default="?", when={"action": (SET_MISSING,)}),
        Parameter("replace", Kind.CHOICE, default=MISSING, choices=(MISSING, CUSTOM), when={"action": (REPLACE,)}),
        Parameter("custom_value", Kind.TEXT, default="obs", when={"action": (REPLACE,), "replace": (CUSTOM,)}),
        Parameter("new_value", Kind.TEXT, default="0", when={"action": (REPLACE,)}),
    ),
    keywords=("missing", "question mark", "replace"),
)
