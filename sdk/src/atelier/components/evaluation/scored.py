"""What a scored table holds: the truth, and what a model said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds
from atelier.components.errors import ComponentError
from atelier.components.learners import labels
from atelier.components.learners.task import Task
from atelier.components.learners.trained import SCORED_LABELS, SCORED_PROBABILITIES
from atelier.components.tables import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ASSIGNMENTS, DISTANCE = "Assignments", "DistancesToClusterCenter no."
CLUSTERING = "clustering"


@dataclass(frozen=True)
class Scored:
    """The scores of a table. Classes stand in `true` and `told` by their place in `classes`; the second is the positive."""

    task: str
    label_column: str
    true: np.ndarray
    told: np.ndarray
    shares: np.ndarray | None = None
    classes: tuple[Any, ...] = ()
    quantiles: tuple[float, ...] = ()
    left_out: int = 0  # rows without a truth or without a score


def task_of(table: Table, port: str) -> str:
    """What the score columns are of. Raises ComponentError when there are none."""
    names = list(table.frame.columns)
    if ASSIGNMENTS in names:
        return CLUSTERING
    if SCORED_PROBABILITIES in names:
        return Task.BINARY.value
    if any(name.startswith(f"{SCORED_PROBABILITIES}_") for name in names):
        return Task.MULTICLASS.value
    if quantile_columns(table):
        return Task.QUANTILE.value
    if SCORED_LABELS in names:
        is_number = column_kinds.of_series(table.frame[SCORED_LABELS]) == column_kinds.NUMERIC
        return Task.REGRESSION.value if is_number else Task.MULTICLASS.value
    raise ComponentError(
        "The table has no score columns such as “Scored Labels”: connect what Score Model or Assign Data to Clusters made.",
        port=port,
    )


def read(table: Table, port: str) -> Scored:
    """The scores of a table that Score Model made. Raises ComponentError when it has no label or no rows to judge by."""
    task, label = task_of(table, port), table.label
    if label is None:
        raise ComponentError(
            "No column is marked as the label, so there is nothing to compare the scores with: score a table that has the "
            "label column, or mark it with Edit Metadata (Fields: Label).",
            port=port,
        )
    used = [label, *(name for name in table.frame.columns if name.startswith("Scored "))]
    frame = table.frame[used].dropna()
    if not len(frame):
        raise ComponentError(f"No row has both a score and a value in the label column {label!r}.", port=port)
    readers = {"regression": _regression, "binary": _binary, "multiclass": _multiclass, "quantile": _quantile}
    return readers[task](table, frame, label, port, len(table.frame) - len(frame))


def quantile_columns(table: Table) -> dict[str, float]:
    """The columns of quantiles, and of which each is."""
    found = {}
    for name in table.frame.columns:
        if not name.startswith(f"{SCORED_LABELS}_"):
            continue
        try:
            found[name] = float(name[len(SCORED_LABELS) + 1 :])
        except ValueError:
            continue
    return found


def _regression(table: Table, frame: pd.DataFrame, label: str, port: str, left_out: int) -> Scored:
    true = _numbers(frame, label, port)
    return Scored("regression", label, true, _numbers(frame, SCORED_LABELS, port), left_out=left_out)


def _quantile(table: Table, frame: pd.DataFrame, label: str, port: str, left_out: int) -> Scored:
    columns = quantile_columns(table)
    told = frame[list(columns)].to_numpy(dtype="float64")
    wanted = tuple(columns.values())
    return Scored("quantile", label, _numbers(frame, label, port), told, quantiles=wanted, left_out=left_out)


def _binary(table: Table, frame: pd.DataFrame, label: str, port: str, left_out: int) -> Scored:
    shares = _numbers(frame, SCORED_PROBABILITIES, port)
    classes = _two_classes(frame, label, shares, port)
    true = labels.places(frame[label], classes)
    return Scored("binary", label, true, (shares >= 0.5).astype(int), shares, classes, left_out=left_out)


def _two_classes(frame: pd.DataFrame, label: str, shares: np.ndarray, port: str) -> tuple[Any, ...]:
    """The negative and the positive class. A table may hold rows of one only: the scored labels tell which it is."""
    own = labels.classes_of(frame[label])
    if len(own) == 2:
        return own
    told = labels.classes_of(frame[SCORED_LABELS]) if SCORED_LABELS in frame.columns else ()
    both = tuple(sorted({*own, *told}, key=lambda one: (isinstance(one, str), one)))
    if len(both) == 2:
        return both
    if len(own) == 1:
        return (own[0], "") if shares.mean() < 0.5 else ("", own[0])
    raise ComponentError(
        f"The label column {label!r} has {len(own):,} different values, and the scores are of a two-class model.",
        port=port,
    )


def _multiclass(table: Table, frame: pd.DataFrame, label: str, port: str, left_out: int) -> Scored:
    import numpy as np

    prefix = f"{SCORED_PROBABILITIES}_"
    there = {name[len(prefix) :]: name for name in frame.columns if name.startswith(prefix)}
    values = {*labels.classes_of(frame[label]), *labels.classes_of(frame[SCORED_LABELS])}
    unseen = [name for name in there if name not in {labels.name_of(one) for one in values}]
    classes = tuple(sorted({*values, *unseen}, key=lambda one: (isinstance(one, str), one)))
    shares = None
    if there:
        shares = np.zeros((len(frame), len(classes)))
        for place, one in enumerate(classes):
            if labels.name_of(one) in there:
                shares[:, place] = frame[there[labels.name_of(one)]].to_numpy(dtype="float64")
    true, told = labels.places(frame[label], classes), labels.places(frame[SCORED_LABELS], classes)
    return Scored("multiclass", label, true, told, shares, classes, left_out=left_out)


def _numbers(frame: pd.DataFrame, name: str, port: str) -> np.ndarray:
    if column_kinds.of_series(frame[name]) != column_kinds.NUMERIC:
        raise ComponentError(f"Column {name!r} holds no numbers, and the scores beside it are of a number.", port=port)
    found: np.ndarray = frame[name].to_numpy(dtype="float64")
    return found
