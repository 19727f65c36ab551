"""The columns that a request's rows have, and rows made a table of just these."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds
from atelier.components.tables import FEATURE, Column, Table

if TYPE_CHECKING:
    import pandas as pd

LONG, DOUBLE, BOOLEAN, STRING, DATETIME = "long", "double", "boolean", "string", "datetime"
WORDS = {LONG: "a number", DOUBLE: "a number", BOOLEAN: "true or false", DATETIME: "a date and time"}
TRUTHS = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


class Unfit(Exception):
    """Which columns of a request do not fit, each with what is wrong with it."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__(" ".join(f"“{name}” {said}" for name, said in problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Wanted:
    """A column of a request: its type in MLflow's words, and whether every request must have it.

    One that is not read is asked of nobody: `usual` stands there where it is missing.
    """

    name: str
    type: str
    required: bool = True
    role: str = FEATURE
    is_categorical: bool = False
    is_read: bool = True
    usual: Any = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def of_table(table: Table, *, without: Iterable[str] = ()) -> list[Wanted]:
    """The columns of a table; one that has gaps may be left out of a request."""
    left_out = set(without)
    return [_of_column(table, name) for name in table.frame.columns if name not in left_out]


def table_of(values: Mapping[str, Sequence[Any]], wanted: Sequence[Wanted]) -> Table:
    """The values as a table with just these columns, each of its type. Raises Unfit with all that is wrong."""
    import pandas as pd

    rows = max((len(column) for column in values.values()), default=0)
    made: dict[str, Any] = {}
    problems = []
    for column in wanted:
        if column.name not in values and column.required:
            problems.append((column.name, "is missing."))
            continue
        given = values.get(column.name, [column.usual] * rows)
        try:
            made[column.name] = _values(column, given)
        except _Wrong as wrong:
            problems.append((column.name, str(wrong)))
    if problems:
        raise Unfit(problems)
    marks = {
        one.name: Column(one.role, one.is_categorical) for one in wanted if one.is_categorical or one.role != FEATURE
    }
    return Table(pd.DataFrame(made), marks)


class _Wrong(ValueError):
    """A value does not fit its column."""


def _of_column(table: Table, name: str) -> Wanted:
    values = table.frame[name]
    mark = table.column(name)
    has_gaps = bool(values.isna().any())
    return Wanted(name, _type(values), not has_gaps, mark.role, mark.is_categorical)


def _type(values: pd.Series) -> str:
    from pandas.api import types

    if isinstance(values.dtype, types.CategoricalDtype):
        values = values.cat.categories.to_series()
    kind = column_kinds.of_series(values)
    if kind == column_kinds.NUMERIC:
        return LONG if types.is_integer_dtype(values) else DOUBLE
    return {column_kinds.BOOLEAN: BOOLEAN, column_kinds.DATETIME: DATETIME}.get(kind, STRING)


def _values(column: Wanted, given: Sequence[Any]) -> Any:
    """The values as an array or a series. One by one: rows of a request are few, and a data frame is slow to ask."""
    read = READERS[column.type]
    found = []
    for place, value in enumerate(given):
        try:
            found.append(read(value))
        except (ValueError, TypeError, OverflowError):
            where = f" in row {place + 1}" if len(given) > 1 else ""
            raise _Wrong(f"is {_shown(value)}{where}; it must be {WORDS[column.type]}.") from None
    return MAKERS[column.type](found)


def _is_missing(value: Any) -> bool:
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or type(value).__name__ in ("NAType", "NaTType")


def _is_gap(value: Any) -> bool:
    """An empty field of a form or a CSV is a gap where a number or a date is wanted."""
    return _is_missing(value) or (isinstance(value, str) and not value.strip())


def _number(value: Any) -> float:
    return math.nan if _is_gap(value) else float(value)


def _truth(value: Any) -> bool | None:
    if _is_gap(value):
        return None
    found = TRUTHS.get(str(value).strip().lower())
    if found is None:
        raise ValueError(value)
    return found


def _moment(value: Any) -> Any:
    import pandas as pd

    return pd.NaT if _is_gap(value) else pd.Timestamp(value)


def _text(value: Any) -> str | None:
    return None if _is_missing(value) else str(value)


def _doubles(values: list[float]) -> Any:
    import numpy as np

    return np.array(values, dtype="float64")


def _longs(values: list[float]) -> Any:
    """Whole numbers, as in training; with gaps or points they are numbers with a point, as pandas has them."""
    found = _doubles(values)
    is_whole = all(abs(value) < 2**53 and value == int(value) for value in values)
    return found.astype("int64") if is_whole else found


def _plain(values: list[Any]) -> Any:
    import pandas as pd

    return pd.Series(values) if values and None not in values else pd.Series(values, dtype=object)


def _texts(values: list[str | None]) -> Any:
    import pandas as pd

    # Where all are missing nothing says that they are texts.
    return pd.Series(values, dtype="str" if any(values) else object)


READERS = {LONG: _number, DOUBLE: _number, BOOLEAN: _truth, DATETIME: _moment, STRING: _text}
MAKERS: dict[str, Any] = {LONG: _longs, DOUBLE: _doubles, BOOLEAN: _plain, DATETIME: _plain, STRING: _texts}


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
