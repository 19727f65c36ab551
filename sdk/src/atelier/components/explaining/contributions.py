"""What each column adds to each single answer, for models that can say it exactly: the parts sum to the answer.

Of boosted trees LightGBM and XGBoost tell it themselves (tree SHAP); of a linear regression it is the coefficient times
how far the row lies from the mean. The parts of a classification are in log-odds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atelier.components.learners.task import Task
from atelier.components.learners.trained import TrainedModel
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

BASE, SUM = "Base value", "Sum"


def of(model: TrainedModel, table: Table) -> pd.DataFrame | None:
    """A row for each row and class, a column for each feature column; None of a model that can't say it."""
    import numpy as np
    import pandas as pd

    parts = _parts(model, table)
    if parts is None:
        return None
    frames = []
    for place, one in enumerate(parts):
        summed = {source.name: one[:, at].sum(axis=1) for source, at in _places(model)}
        frame = pd.DataFrame({**summed, BASE: one[:, -1], SUM: one.sum(axis=1)})
        frame.insert(0, "Row", np.arange(1, len(frame) + 1))
        if len(parts) > 1:
            frame.insert(1, "Class", str(model.classes[place]))
        frames.append(frame)
    joined = pd.concat(frames, ignore_index=True)
    return joined.sort_values("Row", kind="stable", ignore_index=True)


def _places(model: TrainedModel) -> list[tuple[Any, slice]]:
    """Each source column with where its columns of the matrix stand."""
    found, start = [], 0
    for source in model.features.sources:
        found.append((source, slice(start, start + len(source.names))))
        start += len(source.names)
    return found


def _parts(model: TrainedModel, table: Table) -> list[Any] | None:
    """For each answer an array: a row for each row, a column for each column of the matrix, and the base value last."""
    if model.takes_frames:
        return None
    given = model.inputs(table)
    kind = type(model.estimator).__module__.partition(".")[0]
    if kind == "lightgbm":
        return _of_lightgbm(model, given)
    if kind == "xgboost":
        return _of_xgboost(model, given)
    return _of_line(model, given) if model.task is Task.REGRESSION else None


def _of_lightgbm(model: TrainedModel, given: Any) -> list[Any]:
    import numpy as np

    found = np.asarray(model.estimator.booster_.predict(given, pred_contrib=True))
    return np.split(found, found.shape[1] // (given.shape[1] + 1), axis=1)


def _of_xgboost(model: TrainedModel, given: Any) -> list[Any]:
    import numpy as np
    import xgboost

    found = np.asarray(model.estimator.get_booster().predict(xgboost.DMatrix(given), pred_contribs=True))
    return [found] if found.ndim == 2 else [found[:, place] for place in range(found.shape[1])]


def _of_line(model: TrainedModel, given: Any) -> list[Any] | None:
    """Only where the answer is the weighted sum itself: a Poisson regression's is its exponential."""
    import numpy as np

    weights = np.ravel(getattr(model.estimator, "coef_", ()))
    if weights.shape != (given.shape[1],):
        return None
    means = given.mean(axis=0)
    base = float(np.ravel(model.estimator.intercept_)[0] + means @ weights)
    parts = np.column_stack([(given - means) * weights, np.full(len(given), base)])
    return [parts] if np.allclose(parts.sum(axis=1), model.estimator.predict(given)) else None
