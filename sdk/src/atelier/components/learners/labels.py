"""From the label column to what an estimator is trained towards, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from atelier.components import column_kinds
from atelier.components.errors import ComponentError
from atelier.components.learners.task import Task
from atelier.components.tables import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MOST_CLASSES = 1000
MEND = "take such rows out with Clean Missing Data (Remove entire row)"


@dataclass(frozen=True)
class Labels:
    """The labels as numbers; for classes, the places of their values in `classes`, which are sorted."""

    values: np.ndarray
    task: Task
    classes: tuple[Any, ...] = ()


def of_table(table: Table, name: str, task: Task, *, user: str) -> Labels:
    """The labels of a table for a task. Raises ComponentError, at the parameter `label_column`, when they do not fit it."""
    table.require(name, parameter="label_column", port="dataset")
    if not len(table.frame):
        raise ComponentError(f"The table has no rows: {user} has nothing to learn from.", port="dataset")
    values = table.frame[name]
    if task is Task.ANY:
        return Labels(values.to_numpy(), task)
    missing = int(values.isna().sum())
    if missing:
        raise _unfit(f"The label column {name!r} is missing in {missing:,} of {len(values):,} rows: {MEND}.")
    if task.has_classes:
        return _of_classes(values, task, user)
    return Labels(_numbers(table, name, user), task)


def classes_of(values: pd.Series) -> tuple[Any, ...]:
    """The different values in their order: numbers by size, texts by alphabet, false before true."""
    found = values.dropna().astype(object).unique().tolist()
    return tuple(sorted(found, key=lambda one: (isinstance(one, str), one)))


def name_of(one: Any) -> str:
    """What the column of a class is called after it: a whole number without its ".0"."""
    return str(int(one)) if isinstance(one, float) and one.is_integer() else str(one)


def places(values: pd.Series, classes: tuple[Any, ...]) -> np.ndarray:
    """The place of each value in `classes`; -1 where it is none of them."""
    import pandas as pd

    found: np.ndarray = pd.Index(classes, dtype=object).get_indexer(pd.Index(values.astype(object)))
    return found


def _numbers(table: Table, name: str, user: str) -> np.ndarray:
    import numpy as np

    if column_kinds.of_series(table.frame[name]) != column_kinds.NUMERIC:
        raise _unfit(
            f"The label column {name!r} holds no numbers, and {user} predicts a number: choose a numeric column, "
            "or a classification."
        )
    found: np.ndarray = table.frame[name].to_numpy(dtype="float64", na_value=np.nan)
    if np.isinf(found).any():
        raise _unfit(f"The label column {name!r} holds infinite values: bound them with Clip Values.")
    return found


def _of_classes(values: pd.Series, task: Task, user: str) -> Labels:
    classes = classes_of(values)
    if len(classes) == 1:
        raise _unfit(
            f"The label column {values.name!r} holds only {classes[0]!r}: {user} needs rows of at least two classes."
        )
    if task is Task.BINARY and len(classes) > 2:
        raise _unfit(
            f"The label column {values.name!r} has {len(classes):,} different values, and {user} tells two apart: "
            "choose a multiclass learner, or One-vs-All."
        )
    if len(classes) > MOST_CLASSES:
        raise _unfit(
            f"The label column {values.name!r} has {len(classes):,} different values, more classes than {MOST_CLASSES:,}: "
            "choose another column, or a regression."
        )
    found = Task.BINARY if task is Task.CLASSIFICATION and len(classes) == 2 else task
    return Labels(places(values, classes), Task.MULTICLASS if found is Task.CLASSIFICATION else found, classes)


def _unfit(sentence: str) -> ComponentError:
    return ComponentError(sentence, parameter="label_column", port="dataset")
