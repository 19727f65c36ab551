"""Of which type a column is, in the words of the column picker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

NUMERIC, STRING, BOOLEAN, CATEGORICAL, DATETIME = "numeric", "string", "boolean", "categorical", "datetime"
KINDS = (NUMERIC, STRING, BOOLEAN, CATEGORICAL, DATETIME)


def of_column(table: Table, name: str) -> str:
    """The one type of a column: a column meant as categorical is that, whatever it holds."""
    if table.column(name).is_categorical:
        return CATEGORICAL
    return of_series(table.frame[name])


def of_series(values: pd.Series) -> str:
    """The type of values by what they are. Texts and everything else count as string."""
    from pandas.api import types

    if isinstance(values.dtype, types.CategoricalDtype):
        return CATEGORICAL
    if types.is_bool_dtype(values) or _holds_only_booleans(values):
        return BOOLEAN
    if types.is_numeric_dtype(values):
        return NUMERIC
    if types.is_datetime64_any_dtype(values):
        return DATETIME
    return STRING


def of_table(table: Table, *kinds: str) -> list[str]:
    """The names of the columns of these types, in order."""
    return [name for name in table.frame.columns if of_column(table, name) in kinds]


def _holds_only_booleans(values: pd.Series) -> bool:
    """Booleans with gaps are a column of objects in pandas."""
    if values.dtype != object:
        return False
    known = values.dropna()
    return len(known) > 0 and all(isinstance(one, bool) for one in known)
