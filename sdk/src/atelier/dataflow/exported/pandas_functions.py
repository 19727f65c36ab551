"""Functions over pandas columns that are too long for one line. Exported code holds their text as it stands here.

This file is read, not imported, where pandas is missing.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd


def nullable(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table in types that can hold missing values: a whole number stays whole beside a gap."""
    kinds = {"integer": "Int64", "floating": "Float64", "mixed-integer-float": "Float64", "boolean": "boolean"}
    kinds["string"] = "string"
    inferred = {name: pd.api.types.infer_dtype(frame[name]) for name in frame.columns}
    frame = frame.astype({name: kinds[found] for name, found in inferred.items() if found in kinds})
    days = {name: pd.to_datetime(frame[name]) for name, found in inferred.items() if found == "date"}
    return frame.assign(**days)


def constant(frame: pd.DataFrame, value: Any) -> pd.Series:
    """The same value in every row."""
    return pd.Series([value] * len(frame), index=frame.index).convert_dtypes()


def text_of(value: pd.Series) -> pd.Series:
    """A column as text: true and false in small letters, dates as 2024-12-31."""
    if pd.api.types.is_bool_dtype(value.dtype):
        return value.map({True: "true", False: "false"}).astype("string")
    if pd.api.types.is_datetime64_any_dtype(value.dtype):
        times = value.dt.strftime("%Y-%m-%d %H:%M:%S.%f").astype("string")
        return (
            value.dt.strftime("%Y-%m-%d").astype("string")
            if (value.isna() | (value == value.dt.normalize())).all()
            else times
        )
    return value.astype("string")


def number_in(value: pd.Series, point: str = ".") -> pd.Series:
    """The first number in a text."""
    other = "," if point == "." else "."
    pattern = rf"([-+]?(?:[0-9][0-9\{other}]*(?:\{point}[0-9]+)?|\{point}[0-9]+))"
    found = value.astype("string").str.extract(pattern)[0].str.replace(other, "", regex=False)
    return pd.to_numeric(found.str.replace(point, ".", regex=False), errors="coerce").astype("Float64")


def whole(value: pd.Series) -> pd.Series:
    """Numbers without their decimals."""
    return value.map(lambda number: int(number), na_action="ignore").astype("Int64")


def format_number(value: pd.Series, decimals: int, thousands: str = "", point: str = ".") -> pd.Series:
    """A number as text with that many decimals, halves away from zero."""

    def written(number: float) -> str:
        units = int(round(abs(number) * 10**decimals, 6) + 0.5)
        whole, rest = divmod(units, 10**decimals)
        text = f"{whole:,}".replace(",", thousands) + (f"{point}{rest:0{decimals}}" if decimals else "")
        return f"-{text}" if number < 0 and units else text

    return value.map(written, na_action="ignore").astype("string")


def nth_match(value: pd.Series, pattern: str, nth: int) -> pd.Series:
    """The nth place in each text that fits the pattern; counted from the end when negative."""

    def found(text: str) -> Any:
        matches = [match.group() for match in re.finditer(pattern, text)]
        position = nth - 1 if nth > 0 else nth
        return matches[position] if -len(matches) <= position < len(matches) else pd.NA

    return value.map(found, na_action="ignore").astype("string")


def choose(condition: pd.Series, yes: Any, no: Any) -> pd.Series:
    """`yes` where the condition holds, `no` where it does not or is missing."""
    holds = condition.fillna(False).astype(bool)
    chosen = [yes if not isinstance(yes, pd.Series) else yes.astype(object), no]
    first = chosen[0] if isinstance(yes, pd.Series) else pd.Series([yes] * len(holds), index=holds.index, dtype=object)
    return first.where(holds, no.astype(object) if isinstance(no, pd.Series) else no).convert_dtypes()


def known(condition: pd.Series, *columns: pd.Series) -> pd.Series:
    """The condition, missing where one of the columns is."""
    for column in columns:
        condition = condition.astype("boolean").mask(column.isna())
    return condition


def is_one_of(value: pd.Series, items: list[Any]) -> pd.Series:
    """Whether each value is one of the items; missing where the value is."""
    return value.isin(items).astype("boolean").mask(value.isna())


def date_difference(first: pd.Series, last: pd.Series, unit: str) -> pd.Series:
    """How many whole units lie between two moments."""
    if unit in ("months", "years"):
        months = (last.dt.year - first.dt.year) * 12 + last.dt.month - first.dt.month
        days = pd.concat([first, last, months], axis=1, keys=["first", "last", "months"]).dropna()
        counted = {row.Index: _whole_months(row.first, row.last, int(row.months)) for row in days.itertuples()}
        months = pd.Series(counted, dtype="Float64").reindex(first.index)
        return np.trunc(months / (12 if unit == "years" else 1)).astype("Int64")
    seconds = {"weeks": 604800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}[unit]
    return np.trunc((last - first).dt.total_seconds().astype("Float64") / seconds).astype("Int64")


def _whole_months(first: pd.Timestamp, last: pd.Timestamp, months: int) -> int:
    shifted = first + pd.DateOffset(months=months)
    return months - int(last >= first and shifted > last) + int(last < first and shifted < last)


def boolean_of(value: pd.Series, errors: str) -> pd.Series:
    """Words such as yes and no, or numbers, as true and false."""
    if pd.api.types.is_numeric_dtype(value.dtype):
        return value.map(lambda number: bool(number), na_action="ignore").astype("boolean")
    words = {
        **dict.fromkeys(["true", "yes", "y", "t", "1"], True),
        **dict.fromkeys(["false", "no", "n", "f", "0"], False),
    }
    found = value.astype("string").str.strip().str.lower().map(words).astype("boolean")
    if errors == "raise" and (found.isna() & value.notna()).any():
        raise ValueError("Some values are neither true nor false.")
    return found


def integer_of(value: pd.Series, errors: str) -> pd.Series:
    """Whole numbers; decimals of numbers are cut off, texts have to be whole numbers."""
    if pd.api.types.is_numeric_dtype(value.dtype):
        return whole(value)
    found = value.astype("string").str.strip()
    found = found.where(found.str.fullmatch(r"[-+]?[0-9]+").fillna(False))
    if errors == "raise" and (found.isna() & value.notna()).any():
        raise ValueError("Some values are no whole numbers.")
    return pd.to_numeric(found).astype("Int64")


def aggregated(grouped: Any, wanted: dict[str, tuple[str, str]]) -> pd.DataFrame:
    """One row a group: for each new column which column is summed up, and how."""
    made = {}
    for name, (column, how) in wanted.items():
        made[name] = grouped.size() if how == "size" else getattr(grouped[column], how)()
    return pd.DataFrame(made)


def pivoted(frame: pd.DataFrame, index: list[str], on: str, values: str, how: str, keys: list[Any]) -> pd.DataFrame:
    """One row for every combination of the index, one column for every key."""
    table = frame.groupby(index, dropna=False, sort=False).size().to_frame()[[]]
    for key in keys:
        grouped = frame[(frame[on] == key).fillna(False)].groupby(index, dropna=False, sort=False)[values]
        table[str(key)] = getattr(grouped, how)()
        if how in ("sum", "count", "size", "nunique"):
            table[str(key)] = table[str(key)].fillna(0)
    return table.reset_index()


def joined(
    frame: pd.DataFrame, other: pd.DataFrame, left: list[str], right: list[str], how: str, suffix: str
) -> pd.DataFrame:
    """The rows of both that have equal keys; a missing key equals nothing."""
    if how in ("semi", "anti"):
        known = other[right].dropna().drop_duplicates().set_axis(left, axis=1)
        found = frame[left].merge(known, how="left", on=left, indicator=True)["_merge"].to_numpy() == "both"
        found &= frame[left].notna().all(axis=1).to_numpy()
        return frame[found if how == "semi" else ~found]
    names = {name: f"{name}{suffix}" for name in other.columns if name in frame.columns and name not in right}
    other = other.rename(columns={**names, **dict(zip(right, left))})
    partners = other.dropna(subset=left)
    table = frame.merge(partners, how="left" if how == "full" else how, on=left)
    if how != "full":
        return table
    seen = other[left].merge(frame[left].dropna().drop_duplicates(), how="left", on=left, indicator=True)
    return pd.concat([table, other[(seen["_merge"] != "both").to_numpy()]], ignore_index=True)


def one_hot(frame: pd.DataFrame, column: str, prefix: str) -> pd.DataFrame:
    """A column of 0 and 1 for every value there is."""
    keys = sorted(frame[column].dropna().unique())
    made = {f"{prefix}{key}": (frame[column] == key).fillna(False).astype("Int64") for key in keys}
    return frame.assign(**made)
