"""The columns that a request's rows have, and rows made a table of just these."""

from __future__ import annotations

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
    """A column of a request: its type in MLflow's words, and whether every request must have it."""

    name: str
    type: str
    required: bool = True
    role: str = FEATURE
    is_categorical: bool = False

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
    made: dict[str, pd.Series] = {}
    problems = []
    for column in wanted:
        if column.name not in values and column.required:
            problems.append((column.name, "is missing."))
            continue
        given = values.get(column.name, [None] * rows)
        try:
            made[column.name] = _series(column, given)
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


def _series(column: Wanted, given: Sequence[Any]) -> pd.Series:
    import pandas as pd

    raw = pd.Series(list(given), dtype=object)
    # An empty field of a form or a CSV is a gap where a number or a date is wanted.
    gaps = raw.isna() if column.type == STRING else raw.isna() | (raw.astype(str).str.strip() == "")
    if column.type == STRING:
        return raw.where(gaps, raw.map(_text)).astype("str").where(~gaps, None)
    made = _read(column.type, raw.where(~gaps, None))
    wrong = made.isna() & ~gaps
    if wrong.any():
        place = int(wrong.to_numpy().argmax())
        where = f" in row {place + 1}" if len(raw) > 1 else ""
        raise _Wrong(f"is {_shown(raw.iloc[place])}{where}; it must be {WORDS[column.type]}.")
    return made if gaps.any() else _whole(column.type, made)


def _read(kind: str, values: pd.Series) -> pd.Series:
    import pandas as pd

    if kind == DATETIME:
        return pd.to_datetime(values, errors="coerce", format="mixed")
    if kind == BOOLEAN:
        return values.map(lambda value: None if value is None else TRUTHS.get(str(value).strip().lower()))
    is_list = values.map(lambda value: isinstance(value, (list, dict)))
    numbers: pd.Series = pd.to_numeric(values.where(~is_list, "?"), errors="coerce").astype("float64")
    return numbers


def _whole(kind: str, values: pd.Series) -> pd.Series:
    if kind == BOOLEAN:
        return values.astype(bool)
    if kind == LONG and bool((values == values.round()).all()) and bool((values.abs() < 2**53).all()):
        return values.astype("int64")
    return values


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
