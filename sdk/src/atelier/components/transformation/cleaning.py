"""How missing values are filled or left out, as a transform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds, column_names, plain_types, views
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.transformation import column_types
from atelier.components.transforms import Transform

if TYPE_CHECKING:
    import pandas as pd

CUSTOM, MEAN, MEDIAN = "Custom substitution value", "Replace with mean", "Replace with median"
MODE, REMOVE_ROW, REMOVE_COLUMN = "Replace with mode", "Remove entire row", "Remove entire column"
PROPAGATE, REMOVE = "Propagate", "Remove"


@dataclass
class MissingDataCleaning(Transform):
    """Fills `values`, leaves out rows where one of `required` is missing and the columns of `removed`."""

    mode: str
    values: dict[str, Any] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    has_indicators: bool = False
    title = "Clean Missing Data"

    def apply(self, table: Table) -> Table:
        """The cleaned table. Columns that are not there are passed over: a table to score has no label."""
        frame = table.frame.copy()
        for name, value in self.values.items():
            if name not in frame.columns:
                continue
            missing = frame[name].isna()
            frame[name] = _filled(frame[name], value)
            if self.has_indicators:
                frame[column_names.free(f"{name}_IsMissing", frame.columns)] = missing
        frame = frame.dropna(subset=[name for name in self.required if name in frame.columns])
        return table.with_frame(frame.drop(columns=[name for name in self.removed if name in frame.columns]))

    def facts(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = [("Cleaning mode", self.mode)]
        if self.required:
            found.append(("Rows are removed where missing", ", ".join(self.required)))
        if self.removed:
            found.append(("Removed columns", ", ".join(self.removed)))
        return found

    def tables(self) -> list[dict[str, Any]]:
        if not self.values:
            return []
        return [views.table("Replacements", ("Column", "Value"), [[name, one] for name, one in self.values.items()])]


def learn(table: Table, names: list[str], parameters: Mapping[str, Any]) -> MissingDataCleaning:
    """The transform that cleans these columns as the parameters say. Raises ComponentError."""
    mode = parameters["cleaning_mode"]
    low, high = parameters["minimum_missing_value_ratio"], parameters["maximum_missing_value_ratio"]
    if low > high:
        said = f"Minimum missing value ratio is {low:g}, above the maximum of {high:g}: no column can be within."
        raise ComponentError(said, parameter="minimum_missing_value_ratio")
    shares = {name: float(table.frame[name].isna().mean()) if len(table.frame) else 0.0 for name in names}
    within = [name for name in names if low <= shares[name] <= high]
    if mode == REMOVE_ROW:
        return MissingDataCleaning(mode, required=within)
    if mode == REMOVE_COLUMN:
        return MissingDataCleaning(mode, removed=[name for name in within if shares[name] > 0])
    values: dict[str, Any] = {}
    removed = []
    for name in within:
        if mode == CUSTOM:
            found = _custom(table.frame[name], name, parameters["replacement_value"])
        elif shares[name] == 1 and parameters["cols_with_all_missing_values"] == REMOVE:
            removed.append(name)
            continue
        else:
            found = _learned(table, name, mode)
        if found is not None:
            values[name] = found
    has_indicators = parameters["generate_missing_value_indicator_column"]
    return MissingDataCleaning(mode, values=values, removed=removed, has_indicators=has_indicators)


def _learned(table: Table, name: str, mode: str) -> Any:
    """The value that stands for missing ones; None where nothing can be learned of the column."""
    values = table.frame[name]
    if not values.notna().any():
        return None
    if mode == MODE:
        return values.mode().iloc[0]
    if column_kinds.of_series(values) != column_kinds.NUMERIC:
        if not values.isna().any():
            return None
        said = f"{mode} needs numbers; {name!r} has missing values and is {column_kinds.of_column(table, name)}."
        raise ComponentError(f"{said} Choose numeric columns, or another mode.", parameter="columns", port="dataset")
    if values.isna().any():
        plain_types.refuse_infinite(values, mode)
    return float(values.mean() if mode == MEAN else values.median())


def _custom(values: pd.Series, name: str, text: str) -> Any:
    """The text as a value of the column's type. A column without gaps that can't take it is passed over."""
    import pandas as pd

    kind = column_kinds.of_series(column_types.without_categories(values))
    try:
        if kind == column_kinds.NUMERIC:
            number = float(text)
            return int(number) if number.is_integer() else number
        if kind == column_kinds.BOOLEAN:
            return {"true": True, "1": True, "false": False, "0": False}[text.strip().lower()]
        if kind == column_kinds.DATETIME:
            if text.strip().lstrip("-").isdigit() and len(text.strip()) < 4:
                raise ValueError(text)  # "0" is no time that anybody means
            return pd.Timestamp(text)
    except (ValueError, KeyError) as error:
        if not values.isna().any():
            return None
        said = f"{text!r} can't stand in {name!r}, which is {kind}: choose other columns or another replacement value."
        raise ComponentError(said, parameter="replacement_value") from error
    return text


def _filled(values: pd.Series, value: Any) -> pd.Series:
    import pandas as pd
    from pandas.api import types

    if isinstance(values.dtype, pd.CategoricalDtype):
        known = values.cat.categories
        if not values.isna().any():
            return values  # a category that no row has would become a column of its own later
        shown = str(value) if len(known) and isinstance(known[0], str) else value
        return (values if shown in known else values.cat.add_categories([shown])).fillna(shown)
    if types.is_integer_dtype(values) and isinstance(value, float) and not value.is_integer():
        return values.astype("float64").fillna(value) if values.isna().any() else values
    if not types.is_numeric_dtype(values) and types.is_string_dtype(values):
        return values.fillna(str(value))
    return values.fillna(value)
