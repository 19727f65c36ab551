"""What a page shows of a value without loading it: the shape of `_view.json`, and of an evaluation.

A view is plain JSON that a browser can read (no NaN, no infinity: None instead):

    {"kind": "model" | "cluster" | "transform" | "recommender" | "evaluation" | "files",
     "title": "Linear Regression",
     "facts":  [["Label column", "price"], ["Rows", 143]],          # label and value, in order
     "tables": [{"title": "Coefficients", "columns": ["Feature", "Weight"], "rows": [["horsepower", 161.2]]}],
     "charts": [chart, ...]}

A chart is one of

    {"kind": "line" | "scatter" | "bar", "title": "ROC curve", "x": "False positive rate", "y": "True positive rate",
     "series": [{"name": "Model", "x": [0, 0.1, 1], "y": [0, 0.6, 1]}]}      # a bar's x may be texts
    {"kind": "histogram", "title": "price", "x": "price", "y": "Rows",
     "series": [{"name": "price", "edges": [0, 10, 20], "counts": [3, 4]}]}    # one edge more than counts
    {"kind": "box", "title": "price", "x": "", "y": "price",
     "series": [{"name": "sedan", "minimum": 1, "low": 2, "median": 3, "high": 4, "maximum": 5, "outliers": [9]}]}
    {"kind": "heatmap", "title": "Correlation", "x": "", "y": "", "columns": ["a", "b"], "rows": ["a", "b"],
     "values": [[1, 0.2], [0.2, 1]]}

An evaluation (port type Evaluation, stored as `evaluation.json`) is a dictionary with any of the keys above and whatever
else its own viewer needs (`task`, `runs` …); its view is made of the keys above.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

PARTS: Mapping[str, Any] = {"title": "", "facts": [], "tables": [], "charts": []}


def view(
    kind: str,
    title: str,
    *,
    facts: Iterable[Sequence[Any]] = (),
    tables: Iterable[Mapping[str, Any]] = (),
    charts: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """A view of these parts, with every number as JSON can carry it."""
    made = {"kind": kind, "title": title, "facts": list(facts), "tables": list(tables), "charts": list(charts)}
    found: dict[str, Any] = plain(made)
    return found


def table(title: str, columns: Iterable[str], rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """A table of a view."""
    return {"title": title, "columns": list(columns), "rows": plain([list(row) for row in rows])}


def of_frame(title: str, frame: pd.DataFrame, *, limit: int = 200) -> dict[str, Any]:
    """A frame's first rows as a table of a view."""
    return table(title, map(str, frame.columns), frame.head(limit).itertuples(index=False))


def of_evaluation(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """The view of an evaluation: its own parts."""
    return plain({"kind": "evaluation", **{name: evaluation.get(name, empty) for name, empty in PARTS.items()}})


def plain(value: Any) -> Any:
    """The value as JSON can carry it: numbers of NumPy as Python's, NaN and infinities as None, times as text."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(one) for one in value]
    if hasattr(value, "tolist"):  # an array or a number of NumPy
        return plain(value.tolist())
    if hasattr(value, "isoformat"):
        text: str = value.isoformat()
        return None if text == "NaT" else text
    return None if type(value).__name__ == "NAType" else str(value)
