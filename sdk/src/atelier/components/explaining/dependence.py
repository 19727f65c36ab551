"""What a model answers when one column is set to one value after the other: on the whole, and row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from atelier.components import column_kinds
from atelier.components.explaining import answers
from atelier.components.learners.trained import TrainedModel
from atelier.components.tables import Table

STEPS = 20
ROWS = 200


@dataclass(frozen=True)
class Dependence:
    """The values tried, and by answer a row for each value with what each row of the table got."""

    column: str
    values: list[Any]
    answers: dict[str, Any]  # arrays of values × rows


def of(model: TrainedModel, table: Table, column: str) -> Dependence:
    """The dependence of the answers on a column, over the table's first rows."""
    import numpy as np
    import pandas as pd

    rows = table.frame.head(ROWS)
    values = _values(table, column)
    many = pd.concat([rows] * len(values), ignore_index=True)
    tried = pd.Series(values, dtype=table.frame[column].dtype).repeat(len(rows)).reset_index(drop=True)
    found = answers.of(model, Table(many.assign(**{column: tried}), table.columns))
    shape = (len(values), len(rows))
    return Dependence(column, values, {name: np.reshape(one, shape) for name, one in found.items()})


def charts(found: Dependence, lines: int) -> list[dict[str, Any]]:
    """The mean as a chart, and so many single rows as another where there is one answer."""
    kind = (
        "line"
        if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in found.values)
        else "bar"
    )
    shown = found.values if kind == "line" else [str(value) for value in found.values]
    means = [{"name": name, "x": shown, "y": many.mean(axis=1).tolist()} for name, many in found.answers.items()]
    axis = next(iter(found.answers)) if len(means) == 1 else "Mean answer"
    made = [{"kind": kind, "title": f"Dependence on {found.column}", "x": found.column, "y": axis, "series": means}]
    if lines and kind == "line" and len(means) == 1:
        many = next(iter(found.answers.values()))
        places = range(min(lines, many.shape[1]))
        rows = [{"name": f"Row {place + 1}", "x": shown, "y": many[:, place].tolist()} for place in places]
        title = f"Single rows by {found.column}"
        made.append({"kind": "line", "title": title, "x": found.column, "y": axis, "series": rows})
    return made


def _values(table: Table, column: str) -> list[Any]:
    """Values to try: of a column of numbers its quantiles, of another the commonest ones."""
    import numpy as np

    known = table.frame[column].dropna()
    if column_kinds.of_column(table, column) != column_kinds.NUMERIC or known.nunique() <= STEPS:
        commonest = known.value_counts().head(STEPS).index
        return sorted(commonest.tolist(), key=lambda value: (isinstance(value, str), value))
    found = np.unique(np.quantile(known.to_numpy(dtype="float64"), np.linspace(0.01, 0.99, STEPS)))
    if str(known.dtype).lower().startswith(("int", "uint")):
        found = np.unique(found.round().astype("int64"))
    listed: list[Any] = found.tolist()
    return listed
