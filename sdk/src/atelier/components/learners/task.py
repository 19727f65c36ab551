"""What a learner is trained for, and how large what it is trained on is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SMALL = 200_000  # cells of a table


class Task(str, Enum):
    """What a model answers."""

    REGRESSION = "regression"  # a number
    BINARY = "binary"  # one of two classes
    MULTICLASS = "multiclass"  # one of several classes
    CLASSIFICATION = "classification"  # of a learner that takes either; of a trained model it is one of the two above
    QUANTILE = "quantile"  # the values that given shares of the rows lie below
    ANOMALY = "anomaly"  # whether a row is unlike the others
    ANY = "any"  # whatever its own code answers: `Create Python Model`

    def __str__(self) -> str:
        return self.value

    @property
    def has_classes(self) -> bool:
        return self in (Task.BINARY, Task.MULTICLASS, Task.CLASSIFICATION)


@dataclass(frozen=True)
class Shape:
    """What an estimator is built for: the task, and the size of what it will be trained on."""

    task: Task
    rows: int
    columns: int
    classes: int = 0

    @property
    def threads(self) -> int | None:
        """How many threads to train with: None for all there are. A small table is done sooner by one."""
        return 1 if self.rows * self.columns < SMALL else None
