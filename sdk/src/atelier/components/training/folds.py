"""Rows in folds: those that Partition and Sample assigned, or as many as wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atelier.components.errors import ComponentError
from atelier.components.evaluation import reports, scored
from atelier.components.learners import Task, TrainedModel, UntrainedModel, labels, train, trained
from atelier.components.tables import FOLD, LABEL, Column, Table

if TYPE_CHECKING:
    import numpy as np


def of_rows(
    table: Table, label_column: str, untrained: UntrainedModel, *, count: int, seed: int, port: str
) -> list[np.ndarray]:
    """The places of the rows of each fold. Folds made here hold classes in their shares.

    Raises ComponentError, also where the label does not fit, or a fold would leave one class alone to learn from.
    """
    found = _of_rows(table, label_column, untrained.task, count=count, seed=seed, port=port)
    if untrained.task is not Task.ANOMALY:
        _refuse_one_class(table, label_column, untrained, found)
    return found


def _refuse_one_class(table: Table, label_column: str, untrained: UntrainedModel, rows: list[np.ndarray]) -> None:
    import numpy as np

    known = labels.of_table(table, label_column, untrained.task, user=untrained.label)
    for held in rows if known.classes else ():
        if len(np.unique(np.delete(known.values, held))) < 2:
            rare = known.classes[int(np.argmin(np.bincount(known.values)))]
            said = (
                f"All rows whose {label_column!r} is {rare!r} are in one fold, so that its model would learn one class"
            )
            raise ComponentError(f"{said} alone: more such rows are needed, or other folds.", parameter="label_column")


def _of_rows(table: Table, label_column: str, task: Task, *, count: int, seed: int, port: str) -> list[np.ndarray]:
    import numpy as np

    known = table.of_role(FOLD)
    if known:
        numbers = table.frame[known[0]]
        found = [np.flatnonzero(numbers == number) for number in sorted(set(numbers.dropna()))]
        if len(found) < 2:
            raise ComponentError("The table has one fold only: assign its rows to two or more.", port=port)
        return found
    if len(table.frame) < count:
        rows = len(table.frame)
        said = f"{count} folds need at least {count} rows; the table has {rows}. Use fewer folds."
        raise ComponentError(said, parameter="number_of_folds", port=port)
    return [held for _, held in _splitter(table, label_column, task, count, seed)]


def fitted(untrained: UntrainedModel, table: Table, label_column: str) -> TrainedModel:
    """The trained model. A detector of anomalies learns without the label, which its scores are judged by all the same."""
    if untrained.task is Task.ANOMALY:
        return trained.train_anomaly(untrained, labelled(table, label_column))
    return train(untrained, table, label_column)


def labelled(table: Table, label_column: str) -> Table:
    """The table with this column marked as the label, and no other."""
    others = [name for name in table.of_role(LABEL) if name != label_column]
    mark = Column(LABEL, table.column(label_column).is_categorical)
    return table.marked(others, Column()).marked([label_column], mark)


def judge(
    untrained: UntrainedModel, table: Table, label_column: str, held: np.ndarray
) -> tuple[TrainedModel, Table, dict[str, float]]:
    """The model trained on all rows but those held back, these scored by it, and the figures of the scores."""
    import numpy as np

    rest = np.delete(np.arange(len(table.frame)), held)
    model = fitted(untrained, table.with_frame(table.frame.iloc[rest]), label_column)
    scores = model.score(labelled(table.with_frame(table.frame.iloc[held]), label_column))
    return model, scores, reports.figures_of(scored.read(scores, "dataset"))


def _splitter(table: Table, label_column: str, task: Task, count: int, seed: int) -> Any:
    import warnings

    from sklearn.model_selection import KFold, StratifiedKFold

    if not task.has_classes:
        return KFold(count, shuffle=True, random_state=seed).split(table.frame)
    labels = table.frame[label_column].astype("string").fillna("")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class of fewer rows than folds is told by the figures
        if labels.value_counts().max() < count:
            return KFold(count, shuffle=True, random_state=seed).split(table.frame)
        return list(StratifiedKFold(count, shuffle=True, random_state=seed).split(table.frame, labels))
