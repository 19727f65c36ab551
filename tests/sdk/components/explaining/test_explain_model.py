"""Explanations of models trained on real data, against what the libraries say themselves."""

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from atelier.components import catalogue, running
from atelier.components.errors import ComponentError
from atelier.components.learners import trained
from atelier.components.tables import Table
from sklearn import datasets

from tests.sdk.components.tables_at_hand import carried

pytestmark = pytest.mark.pure


@lru_cache
def diabetes() -> Table:
    data = datasets.load_diabetes(as_frame=True, scaled=False)
    frame = data.frame.assign(sex=data.frame["sex"].map({1.0: "f", 2.0: "m"}))
    return Table(frame.rename(columns={"target": "progression"}))


@lru_cache
def wine() -> Table:
    data = datasets.load_wine(as_frame=True)
    return Table(data.frame.rename(columns={"target": "cultivar"}))


def model(learner: str, table: Table, label: str, **parameters: Any) -> trained.TrainedModel:
    made = running.carry_out(catalogue.named(learner), {}, parameters)
    return trained.train(made["untrained_model"], table, label)


def explained(found: trained.TrainedModel, table: Table, **parameters: Any) -> dict[str, Any]:
    return carried("explain_model", {"trained_model": found, "dataset": table}, **parameters)


def test_a_boosted_regression_is_explained_to_its_last_answer() -> None:
    boosted = model("boosted_decision_tree_regression", diabetes(), "progression", number_of_trees_constructed=20)
    made = explained(boosted, diabetes(), repeats=2)
    importances = made["feature_importances"].frame
    assert set(importances["Feature"][:2]) == {"bmi", "s5"} and importances["Importance"].is_monotonic_decreasing
    parts = made["contributions"].frame
    answers = boosted.scores(diabetes())["Scored Labels"]
    features = [name for name in diabetes().frame.columns if name != "progression"]
    assert np.allclose(parts[[*features, "Base value"]].sum(axis=1), answers)
    titles = [chart["title"] for chart in made["explanation"]["charts"]]
    assert titles[:4] == [
        "Permutation importances",
        "Mean size of what a column adds to an answer",
        f"Dependence on {importances['Feature'][0]}",
        f"Single rows by {importances['Feature'][0]}",
    ]


def test_what_is_drawn_is_the_mean_answer_with_the_column_set() -> None:
    linear = model("linear_regression", diabetes(), "progression")
    made = explained(linear, diabetes(), columns="bmi, sex", repeats=1, single_rows=2)
    sex, bmi, rows = made["explanation"]["charts"][2:]
    line = bmi["series"][0]
    few = diabetes().frame.head(200)
    by_hand = linear.scores(Table(few.assign(bmi=line["x"][3])))["Scored Labels"].mean()
    assert line["y"][3] == pytest.approx(by_hand) and len(rows["series"]) == 2
    assert sex["kind"] == "bar" and sex["series"][0]["x"] == ["f", "m"]
    slope = np.diff(line["y"]) / np.diff(line["x"])
    assert np.allclose(slope, slope[0])
    parts = made["contributions"].frame
    assert np.allclose(parts["Sum"], linear.scores(diabetes())["Scored Labels"])


@pytest.mark.parametrize("learner", ["xgboost_classifier", "lightgbm_classifier"])
def test_of_several_classes_each_has_its_own_parts(learner: str) -> None:
    boosted = model(learner, wine(), "cultivar", number_of_trees=10)
    made = explained(boosted, wine(), repeats=1)
    parts = made["contributions"].frame
    assert parts["Class"].tolist()[:3] == ["0", "1", "2"] and len(parts) == 3 * len(wine().frame)
    best = parts.pivot(index="Row", columns="Class", values="Sum").to_numpy().argmax(axis=1)
    assert (best == boosted.scores(wine())["Scored Labels"]).all()
    assert len(made["explanation"]["charts"][2]["series"]) == 3


def test_a_model_that_cannot_tell_says_so_and_its_importances_are_there() -> None:
    two = Table(wine().frame.query("cultivar < 2").reset_index(drop=True))
    forest = model("two_class_decision_forest", two, "cultivar")
    made = explained(forest, two, repeats=1, rows=60)
    assert made["contributions"].frame.empty
    facts = dict(map(tuple, made["explanation"]["facts"]))
    assert facts["Rows"] == 60 and facts["What made each answer"] == "not told by Two-Class Decision Forest"
    assert made["explanation"]["charts"][1]["series"][0]["name"] == "Probability of 1"


def test_what_does_not_fit_is_refused() -> None:
    linear = model("linear_regression", diabetes(), "progression")
    without = Table(diabetes().frame.drop(columns="progression"))
    for table, parameters, sentence in (
        (without, {}, "no column 'progression'"),
        (diabetes(), {"columns": "progression"}, "was not trained on the column 'progression'"),
        (Table(pd.DataFrame(columns=diabetes().frame.columns)), {}, "no rows"),
    ):
        with pytest.raises(ComponentError, match=sentence):
            explained(linear, table, **parameters)
