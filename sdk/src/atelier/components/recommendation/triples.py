"""Tables of users, items and ratings: by the place of the columns, as the designer has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atelier.components.errors import ComponentError
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

WORDS = ("user", "item", "rating")


def read(table: Table, count: int, *, port: str) -> pd.DataFrame:
    """The first `count` columns as user, item, rating. Raises ComponentError for too few, missing values or no numbers."""
    names = list(table.frame.columns)
    if len(names) < count:
        wanted = " and ".join(WORDS[:count]) if count < 3 else "user, item and rating"
        raise ComponentError(f"The table needs {count} columns, for {wanted}; it has {len(names)}.", port=port)
    frame = table.frame.iloc[:, :count].set_axis(list(WORDS[:count]), axis=1)
    for word, name in zip(WORDS, names):
        if word in frame.columns and frame[word].isna().any():
            raise ComponentError(f"The column {name!r} has missing values: Clean Missing Data removes them.", port=port)
    if count == 3:
        frame = frame.assign(rating=_numbers(frame["rating"], names[2], port))
    return frame


def once(frame: pd.DataFrame, *, port: str) -> pd.DataFrame:
    """The same, when no user rates an item twice. Raises ComponentError."""
    doubled = frame[frame.duplicated(["user", "item"])]
    if len(doubled):
        user, item = doubled[["user", "item"]].astype(object).iloc[0].tolist()
        raise ComponentError(
            f"The user {user!r} rates the item {item!r} twice. Remove Duplicate Rows keeps one of them.", port=port
        )
    return frame


def _numbers(values: pd.Series, name: str, port: str) -> pd.Series:
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(values):
        raise ComponentError(f"The third column, {name!r}, must hold ratings as numbers.", port=port)
    return values.astype("float64")
