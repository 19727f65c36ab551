"""Pipelines that are written in Python are the same documents as those of files, and wrong use is told at once."""

from typing import Any

import atelier
import pytest

from runs.pipelines.document import reading
from runs.pipelines.drafts import samples

pytestmark = pytest.mark.pure
split_data = atelier.component("atelier:split_data:1")
train_model = atelier.component("atelier:train_model")
score_model = atelier.component("atelier:score_model:1")
evaluate_model = atelier.component("atelier:evaluate_model:1")


def of_sample(key: str) -> dict[str, Any]:
    found = reading.read_text((samples.FOLDER / f"{key}.yml").read_text())
    assert not found.problems
    return {**found.document, "layout": {}}


@atelier.pipeline(
    display_name="Flight delay, two models compared",
    description="Will a flight be a quarter of an hour late: logistic regression beside boosted trees.",
)
def flight_delay() -> None:
    flights = atelier.component("atelier:flight_delays:1")()
    known = atelier.component("atelier:select_columns_in_dataset:1")(
        dataset=flights.outputs.dataset, columns="all; exclude names dep_delay, arr_delay"
    )
    clean = atelier.component("atelier:clean_missing_data:1")(
        dataset=known.outputs["results_dataset"], cleaning_mode="Remove entire row"
    )
    split = split_data(dataset=clean.outputs.cleaned_dataset, fraction_of_rows=0.7, seed=7)
    plain = atelier.component("atelier:two_class_logistic_regression:1")()
    trees = atelier.component("atelier:two_class_boosted_decision_tree:1")()
    train_plain = train_model(
        untrained_model=plain.outputs.untrained_model, dataset=split.outputs.results_dataset1, label_column="is_late"
    )
    train_trees = train_model(
        untrained_model=trees.outputs.untrained_model, dataset=split.outputs.results_dataset1, label_column="is_late"
    )
    rest = split.outputs.results_dataset2
    score_plain = score_model(trained_model=train_plain.outputs.trained_model, dataset=rest)
    score_trees = score_model(trained_model=train_trees.outputs.trained_model, dataset=rest)
    evaluate = evaluate_model(
        scored_dataset=score_plain.outputs.scored_dataset,
        scored_dataset_to_compare=score_trees.outputs.scored_dataset,
    )
    for node, words in (
        (flights, "Flights from New York"),
        (known, "What is known before"),
        (clean, "Only whole rows"),
        (split, "Split 70 to 30"),
        (plain, "Logistic regression"),
        (trees, "Boosted decision tree"),
        (train_plain, "Train the first"),
        (train_trees, "Train the second"),
        (score_plain, "Score with the first"),
        (score_trees, "Score with the second"),
        (evaluate, "Compare both"),
    ):
        node.display_name = words


@atelier.pipeline(display_name="Train and evaluate one")
def train_one(rentals: atelier.Input(type="uri_folder")) -> dict[str, Any]:  # type: ignore[valid-type]
    split = split_data(dataset=rentals, fraction_of_rows=0.7, seed=7)
    trees = atelier.component("atelier:boosted_decision_tree_regression:1")()
    train = train_model(
        untrained_model=trees.outputs.untrained_model, dataset=split.outputs.results_dataset1, label_column="bikers"
    )
    score = score_model(trained_model=train.outputs.trained_model, dataset=split.outputs.results_dataset2)
    evaluate = evaluate_model(scored_dataset=score.outputs.scored_dataset)
    return {"model": train.outputs.trained_model, "evaluation": evaluate.outputs.evaluation_results}


@atelier.pipeline(
    display_name="Many models, one for each season",
    description="How many bikes will be rented in an hour: a model of its own for each season, trained side by side, "
    "and their figures in one table.",
)
def many_models() -> None:
    rentals = atelier.component("atelier:bike_rental:1")()
    known = atelier.component("atelier:select_columns_in_dataset:1")(
        dataset=rentals.outputs.dataset, columns="all; exclude names casual, registered"
    )
    partition = atelier.component("atelier:partition_by_column:1")(
        dataset=known.outputs.results_dataset, column="season"
    )
    season_model = train_one()
    each_season = atelier.parallel_for(season_model, partition.outputs.partitions, max_concurrency=2)
    figures = atelier.component("atelier:collect_results:1")(results=each_season.outputs.evaluation)
    season_model.display_name = "Train and evaluate one"
    rentals.display_name, known.display_name = "Bike rentals by the hour", "What is known before"
    partition.display_name, each_season.display_name = "A table for each season", "For each season"
    figures.display_name = "Figures by season"


@pytest.mark.parametrize(("key", "function"), [("flight_delay", flight_delay), ("many_models", many_models)])
def test_a_sample_in_python_is_the_same_document(key: str, function: Any) -> None:
    made = function()
    wanted = of_sample(key)
    assert made.to_dict() == wanted
    assert {**reading.read_text(made.to_yaml()).document} == wanted
    assert reading.read_object(made.to_dict()).document == wanted
