"""Columns as components know them: what databases and Parquet files hold as decimals and days becomes numbers and times."""

from __future__ import annotations

import datetime
import decimal
from typing import TYPE_CHECKING, Any

from atelier.components.errors import ComponentError

if TYPE_CHECKING:
    import pandas as pd

NESTED = {"list": "lists", "tuple": "lists", "ndarray": "lists", "dict": "objects", "set": "sets"}


def made_plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its columns of decimals as numbers and of days as times."""
    import pandas as pd

    found = {}
    for name in frame.columns[frame.dtypes == object]:
        first = _first(frame[name])
        if isinstance(first, decimal.Decimal):
            found[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
        elif type(first) is datetime.date:
            found[name] = pd.to_datetime(frame[name], errors="coerce")
    return frame.assign(**found) if found else frame


def nested(frame: pd.DataFrame) -> tuple[str, str] | None:
    """The first column that holds lists, objects or sets, and which of them; None where there is none."""
    for name in frame.columns[frame.dtypes == object]:
        kind = NESTED.get(type(_first(frame[name])).__name__)
        if kind:
            return str(name), kind
    return None


def refuse_infinite(values: pd.Series, user: str) -> None:
    """Raise ComponentError where a column of numbers holds infinite ones: its mean or largest value would spoil the rest."""
    import numpy as np

    if np.isinf(values.to_numpy(dtype="float64", na_value=float("nan"))).any():
        said = (
            f"Column {values.name!r} holds infinite values, which {user} can't work with: bound them with Clip Values."
        )
        raise ComponentError(said, parameter="columns", port="dataset")


def _first(values: pd.Series) -> Any:
    """The first value that is there."""
    place = values.first_valid_index()
    return None if place is None else values.loc[place]
