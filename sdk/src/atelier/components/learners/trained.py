"""A trained model: what it was trained on, and how it scores a table.

| task | score columns |
|---|---|
| regression | "Scored Labels" |
| binary | "Scored Labels", "Scored Probabilities": of the second class in sorted order |
| multiclass | "Scored Probabilities_<class>" for each, "Scored Labels" |
| quantile | "Scored Labels_<quantile>" for each |
| anomaly | "Scored Labels": 1 for an anomaly, "Scored Probabilities" |
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from atelier.components import views
from atelier.components.errors import ComponentError
from atelier.components.learners import features, importances, labels
from atelier.components.learners.features import FeatureSpace
from atelier.components.learners.task import Shape, Task
from atelier.components.learners.untrained import UntrainedModel
from atelier.components.tables import FEATURE, LABEL, SCORE, Column, Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SCORED_LABELS, SCORED_PROBABILITIES = "Scored Labels", "Scored Probabilities"


@dataclass(frozen=True)
class TrainedModel:
    """What came of training `untrained` on a table. `classes` are the values of the label column, sorted."""

    untrained: UntrainedModel
    task: Task
    features: FeatureSpace
    estimator: Any
    label_column: str | None = None
    classes: tuple[Any, ...] = ()
    rows: int = 0
    notes: dict[str, Any] = field(default_factory=dict)  # further facts for a page
    explained: tuple[dict[str, Any], ...] = ()  # further tables for a page

    @property
    def label(self) -> str:
        """What a page calls it."""
        return self.untrained.label

    @property
    def takes_frames(self) -> bool:
        """Whether the estimator gets the features as a data frame, nothing encoded."""
        return bool(getattr(self.estimator, "takes_frames", False))

    def inputs(self, table: Table) -> Any:
        """The features of a table as the estimator takes them."""
        return self.features.frame(table) if self.takes_frames else self.features.matrix(table)

    def score(self, table: Table, *, append: bool = True) -> Table:
        """The table with the score columns, or these alone. Raises ComponentError when it does not fit the model."""
        import pandas as pd

        scores = self.scores(table)
        kept = table.frame.drop(columns=[name for name in scores if name in table.frame.columns])
        frame = pd.concat([kept.reset_index(drop=True), scores], axis=1) if append else scores
        found = table.with_frame(frame)
        for name in scores:
            found = found.marked([name], Column(role=SCORE, kind=name))
        return self._with_label(found)

    def scores(self, table: Table) -> pd.DataFrame:
        """The score columns of a table alone."""
        import pandas as pd

        if not len(table.frame):
            self.features.require(table)
            return pd.DataFrame({name: pd.Series(dtype="float64") for name in self.score_columns})
        given = self.inputs(table)
        if hasattr(self.estimator, "scores"):
            own: pd.DataFrame = self.estimator.scores(given)
            return own.reset_index(drop=True)
        if self.task is Task.QUANTILE:
            return pd.DataFrame(self.estimator.predict_quantiles(given), columns=self.score_columns)
        if self.task is Task.REGRESSION:
            return pd.DataFrame({SCORED_LABELS: self.estimator.predict(given)})
        return self._class_scores(self.probabilities(given), given)

    @property
    def score_columns(self) -> list[str]:
        """The names of the columns that scoring adds, in order."""
        if self.task is Task.QUANTILE:
            return [f"{SCORED_LABELS}_{quantile:g}" for quantile in self.estimator.quantiles]
        if self.task is Task.REGRESSION:
            return [SCORED_LABELS]
        if self.task is Task.MULTICLASS:
            return [*(f"{SCORED_PROBABILITIES}_{labels.name_of(one)}" for one in self.classes), SCORED_LABELS]
        return [SCORED_LABELS, SCORED_PROBABILITIES]

    def probabilities(self, given: Any) -> np.ndarray | None:
        """The probability of each class for what `inputs` gave, or None of an estimator that knows none."""
        if not hasattr(self.estimator, "predict_proba"):
            return None
        found: np.ndarray = self.estimator.predict_proba(given)
        return found

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The score columns of a data frame: what an endpoint answers."""
        return self.scores(Table(frame.reset_index(drop=True)))

    def about(self) -> dict[str, Any]:
        """What `about.json` says of it."""
        found = {**self.untrained.about(), "trained": True, "task": str(self.task), "label_column": self.label_column}
        columns = [{"name": one.name, "is_categorical": one.levels is not None} for one in self.features.sources]
        return {**found, "classes": list(self.classes), "columns": columns, "rows": self.rows}

    def view(self) -> dict[str, Any]:
        """What a page shows of it: facts, settings, and its coefficients or the importance of its features."""
        facts: list[tuple[str, Any]] = [("Task", str(self.task)), ("Label column", self.label_column)]
        facts += [("Rows", self.rows), ("Feature columns", len(self.features.columns))]
        if self.label_column is not None and self.classes:
            facts.append(("Classes", ", ".join(map(str, self.classes[:20]))))
        facts += [*self.notes.items(), *self.untrained.settings()]
        tables = importances.tables(self.estimator, self.features.names, self.classes)
        return views.view("model", self.label, facts=facts, tables=[*tables, *self.explained])

    def _class_scores(self, found: np.ndarray | None, given: Any) -> pd.DataFrame:
        import pandas as pd

        if found is None:
            return pd.DataFrame({SCORED_LABELS: pd.Series(self.estimator.predict(given)).reset_index(drop=True)})
        best = pd.Series([self.classes[place] for place in found.argmax(axis=1)])
        if self.task is not Task.MULTICLASS:
            best = pd.Series([self.classes[int(share >= 0.5)] for share in found[:, 1]])
            return pd.DataFrame({SCORED_LABELS: best, SCORED_PROBABILITIES: found[:, 1]})
        shares = {
            f"{SCORED_PROBABILITIES}_{labels.name_of(one)}": found[:, place] for place, one in enumerate(self.classes)
        }
        return pd.DataFrame({**shares, SCORED_LABELS: best})

    def _with_label(self, table: Table) -> Table:
        """Marks the label of the model as the label, so that what is evaluated later is known; another one no more."""
        if self.label_column is None or self.label_column not in table.frame.columns:
            return table
        others = [name for name in table.of_role(LABEL) if name != self.label_column]
        mark = Column(LABEL, table.column(self.label_column).is_categorical)
        return table.marked(others, Column(FEATURE)).marked([self.label_column], mark)


def train(untrained: UntrainedModel, table: Table, label_column: str) -> TrainedModel:
    """Trains a learner on a table towards a column. Raises ComponentError when the table or the column does not fit."""
    if untrained.task is Task.ANOMALY:
        said = f"{untrained.label} learns without a label: connect it to Train Anomaly Detection Model."
        raise ComponentError(said, port="untrained_model")
    known = labels.of_table(table, label_column, untrained.task, user=untrained.label)
    shape = Shape(known.task, len(table.frame), 0, len(known.classes))
    space = _space(untrained, table, features.of_table(table, label_column), shape)
    estimator = untrained.build(replace(shape, columns=len(space.names)))
    takes_frames = bool(getattr(estimator, "takes_frames", False))
    given = space.frame(table) if takes_frames else space.matrix(table)
    _fit(estimator, untrained, given, table.frame[label_column] if takes_frames else known.values)
    return TrainedModel(untrained, known.task, space, estimator, label_column, known.classes, shape.rows)


def train_anomaly(untrained: UntrainedModel, table: Table) -> TrainedModel:
    """Trains a learner that needs no label. Raises ComponentError when it is another, or the table does not fit."""
    if untrained.task is not Task.ANOMALY:
        said = f"{untrained.label} learns towards a label: connect it to Train Model."
        raise ComponentError(said, port="untrained_model")
    shape = Shape(Task.ANOMALY, len(table.frame), 0, 2)
    space = _space(untrained, table, features.of_table(table), shape)
    estimator = untrained.build(replace(shape, columns=len(space.names)))
    _fit(estimator, untrained, space.matrix(table))
    return TrainedModel(untrained, Task.ANOMALY, space, estimator, None, (0, 1), shape.rows)


def _space(untrained: UntrainedModel, table: Table, names: list[str], shape: Shape) -> FeatureSpace:
    draft = untrained.build(replace(shape, columns=max(len(names), 1)))
    takes_frames = bool(getattr(draft, "takes_frames", False))
    return features.learn(
        table,
        names,
        user=untrained.label,
        allows_unknown=untrained.allows_unknown_levels,
        allows_missing=takes_frames or bool(getattr(draft, "accepts_missing", False)),
        encodes=not takes_frames,
    )


def _fit(estimator: Any, untrained: UntrainedModel, *given: Any) -> None:
    import numpy as np
    from threadpoolctl import threadpool_limits

    # Many small products of matrices: beside other jobs on the machine one thread was done ten times as fast as all.
    with warnings.catch_warnings(), np.errstate(all="ignore"), threadpool_limits(1, user_api="blas"):
        warnings.simplefilter("ignore")  # a model that has not converged says so in its figures
        try:
            estimator.fit(*given)
        except _failures() as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0].split(" at /")[0]
            said = f"{untrained.label} could not be trained with these settings: {reason[:300]}"
            raise ComponentError(said, port="untrained_model") from error


def _failures() -> tuple[type[Exception], ...]:
    """What libraries raise for settings and values that do not go together. LightGBM has an error of its own."""
    lightgbm = sys.modules.get("lightgbm")
    return (ValueError, ArithmeticError, *((lightgbm.basic.LightGBMError,) if lightgbm else ()))
