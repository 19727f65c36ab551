"""From the columns of a table to the matrix that an estimator is trained on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds
from atelier.components.errors import ComponentError
from atelier.components.tables import FEATURE, Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CELLS = 200_000_000  # numbers of one matrix: 1.6 GB
LARGEST = 1e38  # trees hold numbers of 32 bits


@dataclass(frozen=True)
class Source:
    """A column of the table. `levels` are the categories it had in training, each a column of the matrix; None: a number."""

    name: str
    levels: tuple[Any, ...] | None = None

    @property
    def names(self) -> list[str]:
        """What its columns of the matrix are called."""
        return [self.name] if self.levels is None else [f"{self.name}={level}" for level in self.levels]


@dataclass(frozen=True)
class FeatureSpace:
    """The columns a model was trained on. Numbers and booleans go in as they are, texts and categories one-hot.

    Categories stand in their sorted order, and a category that was not there in training is a row of zeros: what
    scikit-learn's `OneHotEncoder(handle_unknown="ignore")` does.
    """

    sources: tuple[Source, ...]
    user: str  # what needs the features, for sentences: "Linear Regression"
    allows_unknown: bool = True
    allows_missing: bool = False

    @property
    def columns(self) -> list[str]:
        """The columns of the table, in order."""
        return [source.name for source in self.sources]

    @property
    def names(self) -> list[str]:
        """The columns of the matrix, in order."""
        return [name for source in self.sources for name in source.names]

    def matrix(self, table: Table) -> np.ndarray:
        """The rows of a table as numbers. Raises ComponentError for a column that is away, or values that do not fit."""
        import numpy as np

        self.require(table)
        parts = [self._numbers(table, source) for source in self.sources]
        return np.concatenate(parts, axis=1) if parts else np.empty((len(table.frame), 0))

    def frame(self, table: Table) -> pd.DataFrame:
        """The columns as they are. Raises ComponentError for one that is away."""
        self.require(table)
        return table.frame[self.columns]

    def require(self, table: Table) -> None:
        """Raises ComponentError when a column is away."""
        away = [name for name in self.columns if name not in table.frame.columns]
        if away:
            listed = ", ".join(repr(name) for name in away[:8])
            raise ComponentError(
                f"{self.user} was trained on columns that this table has not: {listed}.", port="dataset"
            )

    def _numbers(self, table: Table, source: Source) -> np.ndarray:
        values = table.frame[source.name]
        if not self.allows_missing:
            _refuse_missing(values, self.user)
        if source.levels is None:
            return _as_numbers(values, self.user)
        return self._one_hot(values, source)

    def _one_hot(self, values: pd.Series, source: Source) -> np.ndarray:
        import numpy as np
        import pandas as pd

        levels = source.levels or ()
        places = pd.Index(levels, dtype=object).get_indexer(pd.Index(values.astype(object)))
        unknown = (places < 0) & values.notna().to_numpy()
        if not self.allows_unknown and unknown.any():
            raise ComponentError(
                f"Column {source.name!r} holds {values[unknown].iloc[0]!r}, which was not there when {self.user} was "
                "trained: train with it, or switch on “Allow unknown categorical levels”.",
                port="dataset",
            )
        found = np.zeros((len(values), len(levels)))
        known = np.flatnonzero(places >= 0)
        found[known, places[known]] = 1.0
        return found


def learn(
    table: Table,
    names: Iterable[str],
    *,
    user: str,
    allows_unknown: bool = True,
    allows_missing: bool = False,
    encodes: bool = True,
) -> FeatureSpace:
    """The feature space of these columns of a table. Raises ComponentError for columns nothing can be learned from."""
    chosen = list(names)
    if not chosen:
        raise ComponentError(f"{user} needs at least one feature column beside the label.", port="dataset")
    if not len(table.frame):
        raise ComponentError(f"The table has no rows: {user} has nothing to learn from.", port="dataset")
    sources = tuple(_source(table, name, user) if encodes else Source(name) for name in chosen)
    _refuse_too_wide(sources, len(table.frame), user)
    return FeatureSpace(sources, user, allows_unknown, allows_missing)


def of_table(table: Table, *without: str | None) -> list[str]:
    """The columns that are features, but for these."""
    return [name for name in table.of_role(FEATURE) if name not in without]


def _source(table: Table, name: str, user: str) -> Source:
    kind = column_kinds.of_column(table, name)
    if kind == column_kinds.DATETIME:
        raise ComponentError(
            f"Column {name!r} holds dates, which {user} cannot learn from: leave it out with Select Columns in Dataset, "
            "or make numbers of it first.",
            port="dataset",
        )
    if kind in (column_kinds.NUMERIC, column_kinds.BOOLEAN):
        return Source(name)
    return Source(name, _levels(table.frame[name], user))


def _levels(values: pd.Series, user: str) -> tuple[Any, ...]:
    try:
        found = values.dropna().astype(object).unique().tolist()
        return tuple(sorted(found, key=lambda level: (isinstance(level, str), level)))
    except TypeError as error:
        raise ComponentError(
            f"Column {values.name!r} holds values that are neither numbers nor texts, which {user} cannot learn from: "
            "leave it out with Select Columns in Dataset.",
            port="dataset",
        ) from error


def _refuse_too_wide(sources: tuple[Source, ...], rows: int, user: str) -> None:
    width = sum(len(source.names) for source in sources)
    if width * rows <= CELLS:
        return
    widest = max(sources, key=lambda source: len(source.names))
    raise ComponentError(
        f"Column {widest.name!r} has {len(widest.names):,} different values, each a column for {user}: that is too much. "
        "Leave it out with Select Columns in Dataset, or group its values.",
        port="dataset",
    )


def _refuse_missing(values: pd.Series, user: str) -> None:
    missing = int(values.isna().sum())
    if missing:
        raise ComponentError(
            f"Column {values.name!r} is missing in {missing:,} of {len(values):,} rows, and {user} needs every value: "
            "fill or take out such rows with Clean Missing Data.",
            port="dataset",
        )


def _as_numbers(values: pd.Series, user: str) -> np.ndarray:
    import numpy as np

    try:
        found: np.ndarray = values.to_numpy(dtype="float64", na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ComponentError(
            f"Column {values.name!r} held numbers when {user} was trained; here it holds other values.", port="dataset"
        ) from error
    if (np.abs(found) > LARGEST).any():
        raise ComponentError(
            f"Column {values.name!r} holds infinite values, or values beyond {LARGEST:g}, which {user} cannot learn from: "
            "bound them with Clip Values.",
            port="dataset",
        )
    return found.reshape(-1, 1)
