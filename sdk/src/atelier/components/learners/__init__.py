"""Learners: what is trained (`UntrainedModel`), what came of it (`TrainedModel`), and a file for each of the designer's.

A learner's file declares it as COMPONENT and builds its estimator: `estimator(parameters, shape)` gives an object with
`fit(X, y)` and `predict(X)` of NumPy arrays, and `predict_proba(X)` where it tells classes apart. Classes come to it as
0, 1, 2 … in their order. An estimator may say

| attribute | then |
|---|---|
| `accepts_missing = True` | missing numbers come to it as NaN, a missing category as none of the known ones |
| `takes_frames = True` | it gets the data frame of the features and the labels as they are, nothing encoded |
| `scores(X)` | it makes the score columns itself, as a data frame |
"""

from atelier.components.learners.task import Shape, Task
from atelier.components.learners.trained import TrainedModel, train
from atelier.components.learners.untrained import UntrainedModel

__all__ = ["Shape", "Task", "TrainedModel", "UntrainedModel", "train"]
