"""Real tables that scikit-learn ships, and the short way from a learner to a scored table."""

from functools import cache
from typing import Any

from atelier.components import learners
from atelier.components.tables import Table
from sklearn import datasets

from tests.sdk.components.tables_at_hand import carried


@cache
def diabetes() -> Table:
    """442 patients, ten numbers of each, and how their illness went on: `target`."""
    return Table(datasets.load_diabetes(as_frame=True, scaled=False).frame)


@cache
def cancer() -> Table:
    """569 tumours, thirty numbers of each; `target` is benign or malignant."""
    frame = datasets.load_breast_cancer(as_frame=True).frame
    return Table(frame.assign(target=frame["target"].map({0: "malignant", 1: "benign"})))


@cache
def iris() -> Table:
    """150 flowers of three species, `target`."""
    data = datasets.load_iris(as_frame=True)
    return Table(data.frame.assign(target=data.frame["target"].map(dict(enumerate(data.target_names)))))


def trained(learner: str, table: Table, label: str = "target", **parameters: Any) -> learners.TrainedModel:
    """The model of that learner trained on the table."""
    untrained = carried(learner, **parameters)["untrained_model"]
    model: learners.TrainedModel = carried(
        "train_model", {"untrained_model": untrained, "dataset": table}, label_column=label
    )["trained_model"]
    return model
