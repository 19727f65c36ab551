"""Pipelines that are written in Python are the same documents as those of files, and wrong use is told at once."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier._pipelines import yaml_text

from runs.pipelines.document import reading
from runs.pipelines.drafts import samples
from tests.runs.pipelines.document import graphs

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


def test_any_document_comes_back_from_its_text() -> None:
    for seed in range(150):
        document = reading.read_object(graphs.document(seed)).document
        text = yaml_text.of(document)
        again = reading.read_text(text)
        assert (again.problems, again.document) == ((), document), (seed, text)


FILE = """
type: pipeline
display_name: everything
experiment_name: all/of/it
description: What a pipeline may hold.
tags: {team: eyes}
inputs:
  cars: {type: uri_file, path: azureml:cars@latest, mode: ro_mount}
  rate: {type: number, default: 0.2, min: 0, max: 1}
  rounds: {type: integer}
  words: {type: string, optional: true}
  plain: {type: boolean, default: false}
outputs:
  best: {type: custom_model, name: best-cars}
  all: {type: uri_folder}
settings: {default_compute: local, max_concurrency: 3, continue_on_step_failure: true}
jobs:
  start:
    component: azureml:prepare@latest
    compute: ${{parent.inputs.words}}
    limits: {timeout: 60}
    retry_settings: {max_retries: 2}
    environment_variables: {MODE: fast}
    inputs: {cars: "${{parent.inputs.cars}}", rule: "all but ${{parent.inputs.words}}", columns: [1, 2]}
    outputs: {rows: {type: uri_folder, name: rows}}
  step:
    component:
      name: fit
      type: command
      inputs: {data: {type: uri_folder}, rate: {type: number, default: 0.1}, again: {type: custom_model, optional: true}}
      outputs: {model: {type: custom_model}, more: {type: boolean}}
      command: python fit.py ${{inputs.data}} --rate ${{inputs.rate}} ${{outputs.model}} ${{outputs.more}}
    inputs: {data: "${{parent.jobs.start.outputs.rows}}", rate: "${{parent.inputs.rate}}"}
    outputs: {model: "${{parent.outputs.best}}"}
  loop:
    type: do_while
    body: ${{parent.jobs.step}}
    condition: ${{parent.jobs.step.outputs.more}}
    mapping: {model: "${{parent.jobs.step.inputs.again}}"}
    limits: {max_iteration_count: 5}
  inner:
    type: pipeline
    component:
      type: pipeline
      display_name: inner
      inputs: {data: {type: uri_folder}, rate: {type: number, default: 0.5}}
      outputs: {kept: {type: uri_folder}}
      jobs:
        prepare:
          component: azureml:prepare:3
          inputs: {data: "${{parent.inputs.data}}", rate: "${{parent.inputs.rate}}"}
        prepare_2:
          component: azureml:prepare:3
          inputs: {data: "${{parent.jobs.prepare.outputs.rows}}"}
          outputs: {rows: "${{parent.outputs.kept}}"}
    inputs: {data: "${{parent.jobs.step.outputs.model}}"}
  every:
    type: parallel_for
    body: ${{parent.jobs.inner}}
    items: [{rate: 0.1}, {rate: 0.2}]
    outputs: {kept: "${{parent.outputs.all}}"}
  decide: {type: if_else, condition: "${{parent.inputs.plain}}", true_block: "${{parent.jobs.yes_way}}"}
  yes_way: {component: "azureml:prepare:3", comment: only then}
"""


def test_all_that_a_file_can_say_can_be_said_in_python() -> None:
    prepare = atelier.component("azureml:prepare:3")
    fit = atelier.command(
        name="fit",
        command="python fit.py ${{inputs.data}} --rate ${{inputs.rate}} ${{outputs.model}} ${{outputs.more}}",
        inputs={"data": "uri_folder", "rate": 0.1, "again": atelier.Input("custom_model", optional=True)},
        outputs={"model": "custom_model", "more": "boolean"},
    )

    @atelier.pipeline
    def inner(data, rate: float = 0.5):  # type: ignore[no-untyped-def]
        first = [prepare(data=data, rate=rate)]
        return {"kept": prepare(data=first[0].outputs.rows).outputs.rows}

    @atelier.pipeline(
        experiment_name="all/of/it",
        tags={"team": "eyes"},
        compute="local",
        max_concurrency=3,
        continue_on_step_failure=True,
    )
    def everything(
        rounds: int,
        words: str | None,
        cars: Any = atelier.Input("uri_file", path="azureml:cars@latest", mode="ro_mount"),  # noqa: B008 - declared, not called again
        rate: atelier.Input(float, min=0, max=1) = 0.1,  # type: ignore[valid-type]
        plain: bool = False,
    ):  # type: ignore[no-untyped-def]
        """What a pipeline may hold."""
        start = atelier.component("azureml:prepare@latest")(cars=cars, rule=f"all but {words}", columns=[1, 2])
        start.compute, start.limits, start.retry_settings = words, {"timeout": 60}, {"max_retries": 2}
        start.environment_variables = {"MODE": "fast"}
        start.outputs.rows = atelier.Output("uri_folder", name="rows")
        step = fit(data=start.outputs.rows, rate=rate)
        step.outputs.model = atelier.Output(name="best-cars")
        loop = atelier.do_while(step, step.outputs.more, {step.outputs.model: step.inputs.again}, max_iteration_count=5)
        body = inner(data=loop.outputs.model)
        body.name = "inner"
        every = atelier.parallel_for(body, [{"rate": 0.1}, {"rate": 0.2}])
        yes_way = prepare()
        yes_way.comment = "only then"
        decide = atelier.if_else(plain, true_block=yes_way)
        assert decide.comment == ""
        return {"best": step.outputs.model, "all": every.outputs.kept}

    made = everything(rate=0.2)
    wanted = reading.read_text(FILE)
    assert wanted.problems == ()
    found = made.to_dict()
    inner_outputs = found["jobs"]["inner"]["component"]
    assert inner_outputs["inputs"]["data"] == {"type": "custom_model"}  # what it is given says what it is
    inner_outputs["inputs"]["data"] = {"type": "uri_folder"}
    assert found == wanted.document
    assert reading.read_text(made.to_yaml()).document == made.to_dict()


def _call(wrong: Callable[..., Any]) -> str:
    """What a pipeline says that does something wrong with its input `rate`, a split and a step that knows nothing."""

    @atelier.pipeline
    def prices(rate: float = 0.1) -> Any:
        split = split_data(dataset=atelier.component("atelier:iris:1")().outputs.dataset)
        return wrong(rate, split)

    with pytest.raises(atelier.UsageError) as refused:
        prices()
    return str(refused.value)


def _name_twice(rate: Any, split: Any) -> None:
    split.name = "one"
    split_data(dataset=split.outputs.results_dataset1).name = "one"


def _mistyped_setting(rate: Any, split: Any) -> None:
    split.computee = "gpu"


WRONG: dict[str, Callable[..., Any]] = {
    "split_data has no output 'result_dataset1'. Did you mean 'results_dataset1'? There is:": lambda rate, split: (
        split.outputs.result_dataset1
    ),
    "split_data has no input 'datset'. Did you mean 'dataset'?": lambda rate, split: split_data(datset=1),
    "test_python_form.py:": lambda rate, split: (
        split_data(fraction_of_rows=rate) and None
    ),  # the line, where something misses
    "split_data: dataset is not given.": lambda rate, split: split_data(seed=1) and None,
    "split_data takes its inputs by name": lambda rate, split: split_data(split.outputs.results_dataset1),
    "takes an output, no node: use split_data's outputs.results_dataset1 and outputs.": lambda rate, split: split_data(
        dataset=split
    ),
    "The input rate of the pipeline prices is known only when the pipeline runs": lambda rate, split: rate > 0.5,
    "The output results_dataset1 of split_data is known only": lambda rate, split: f"{split.outputs.results_dataset1}",
    "two nodes are named 'one'": _name_twice,
    "split_data has no setting 'computee'. Did you mean 'compute'?": _mistyped_setting,
    "must be an output of a node": lambda rate, split: {"rate": rate},
    "returns its outputs as {name: node.outputs.port}, not a Node": lambda rate, split: split,
    "can be one output of the pipeline; it is a and b": lambda rate, split: dict.fromkeys(
        "ab", split.outputs.results_dataset1
    ),
    "can't be a datetime": lambda rate, split: split_data(dataset=datetime(2026, 1, 1)),
    "needs a true_block or a false_block": lambda rate, split: atelier.if_else(rate),
    "a whole number from 1": lambda rate, split: atelier.do_while(split, True, max_iteration_count=0),
    "Each of items is a mapping": lambda rate, split: atelier.parallel_for(split, [1]),
    "There is no component file 'away.yml': it is not in": lambda rate, split: atelier.load_component("away.yml"),
    "The studio has no component 'splt_data'. Did you mean 'split_data'?": lambda rate, split: atelier.component(
        "atelier:splt_data:1"
    ),
    "'split_data' names no component: write": lambda rate, split: atelier.component("split_data"),
    "'number_' is no type of inputs and outputs. Did you mean 'number'?": lambda rate, split: atelier.Input("number_"),
    "it has a default, no path or mode": lambda rate, split: atelier.Input(float, path="azureml:a@latest"),
    "split_data: Stratified split must be true or false; 'perhaps' is given.": lambda rate, split: (
        split_data(dataset=split.outputs.results_dataset1, stratified_split="perhaps") and None
    ),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_wrong_use_is_one_clear_sentence(sentence: str) -> None:
    said = _call(WRONG[sentence])
    assert sentence in said
    assert "\n" not in said


def test_what_belongs_to_a_pipeline_can_t_be_used_in_another() -> None:
    kept: list[Any] = []

    @atelier.pipeline
    def first(rate: float = 0.1) -> None:
        split = split_data(dataset=atelier.component("atelier:iris:1")().outputs.dataset, fraction_of_rows=rate)
        kept.extend([rate, split])

    @atelier.pipeline
    def second(data: Any = "azureml:a@latest") -> None:
        split_data(dataset=kept[1].outputs.results_dataset1)

    first()
    with pytest.raises(atelier.UsageError, match="belongs to the pipeline first. Make it an input of second"):
        second()
    with pytest.raises(atelier.UsageError, match="belongs to a pipeline that is done"):
        first(kept[0])
    with pytest.raises(atelier.UsageError, match="no input 'rte'. Did you mean 'rate'"):
        first(rte=1)
    with pytest.raises(atelier.UsageError, match="split_data makes a node of a pipeline: call it in a function"):
        split_data(dataset="azureml:a@latest")
    with pytest.raises(atelier.UsageError, match="no setting 'comput'. Did you mean 'compute'"):
        atelier.pipeline(comput="gpu")  # type: ignore[call-overload]
    with pytest.raises(atelier.UsageError, match="Nothing says what the input data of untyped is"):

        @atelier.pipeline
        def untyped(data):  # type: ignore[no-untyped-def]
            pass

        untyped()


def test_nodes_are_named_after_their_variables_or_with_numbers() -> None:
    @atelier.pipeline
    def named() -> None:
        iris = atelier.component("atelier:iris:1")()
        for _ in range(2):
            last = split_data(dataset=iris.outputs.dataset)
        first = last  # noqa: F841 - the first name counts
        split_data(dataset=iris.outputs.dataset).name = "split_data"

    assert list(named().nodes) == ["iris", "split_data_2", "last", "split_data"]


def test_what_is_said_of_an_output_within_a_nested_pipeline_holds_outside() -> None:
    @atelier.pipeline
    def inner() -> Any:
        iris = atelier.component("atelier:iris:1")()
        iris.outputs.dataset = atelier.Output(name="flowers")
        return {"rows": iris.outputs.dataset}

    @atelier.pipeline
    def outer() -> Any:
        return {"rows": inner().outputs.rows}

    found = outer().to_dict()
    assert found["outputs"] == {"rows": {"type": "Dataset", "name": "flowers"}}
    assert found["jobs"]["inner"]["outputs"] == {"rows": "${{parent.outputs.rows}}"}
    assert reading.read_object(found).document == found

    @atelier.pipeline
    def there() -> Any:
        here()

    @atelier.pipeline
    def here() -> Any:
        there()

    with pytest.raises(atelier.UsageError, match="The pipeline here calls itself"):
        here()


def test_a_component_file_that_says_nothing_is_told(tmp_path: Path) -> None:
    for text, sentence in (("a: [", "is not YAML"), ("- a", "is no component file")):
        file = tmp_path / "train.yml"
        file.write_text(text)
        with pytest.raises(atelier.UsageError, match=sentence) as refused:
            atelier.load_component(file)
        assert "\n" not in str(refused.value)
