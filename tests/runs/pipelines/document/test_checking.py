"""What is wrong with a pipeline is said at its node, with a code and one sentence."""

from typing import Any

import pytest

from runs.pipelines.document import checking, reading
from runs.pipelines.document.problems import Problem
from runs.pipelines.drafts import samples
from runs.pipelines.engine import asking
from studio.access.models import Workspace
from tests.factories.compute import make_target
from tests.factories.data import make_data

CARS = {"component": "atelier:automobile_price:1"}
SPLIT = {
    "component": "atelier:split_data:1",
    "inputs": {"dataset": "${{parent.jobs.cars.outputs.dataset}}", "fraction_of_rows": 0.7},
}
SCALE = {
    "type": "command",
    "inputs": {"data": {"type": "uri_folder"}, "rate": {"type": "number", "min": 0, "max": 1}},
    "outputs": {"done": {"type": "boolean"}, "model": {"type": "mlflow_model"}},
    "command": "python a.py ${{inputs.data}} ${{inputs.rate}}",
}


@pytest.fixture(autouse=True)
def _target(workspace: Workspace) -> None:
    make_target(workspace, name="local")


def problems_of(workspace: Workspace, jobs: dict[str, Any], **top: Any) -> list[Problem]:
    return checking.check(workspace, {"type": "pipeline", "jobs": jobs, **top})


def one(workspace: Workspace, jobs: dict[str, Any], **top: Any) -> tuple[str, str, str]:
    found = problems_of(workspace, jobs, **top)
    assert len(found) == 1, found
    return found[0].node, found[0].code, found[0].sentence


def test_a_whole_pipeline_has_no_problem(workspace: Workspace) -> None:
    jobs = {"cars": CARS, "split": SPLIT}
    assert problems_of(workspace, jobs) == []


@pytest.mark.parametrize("sample", [one.key for one in samples.SAMPLES])
def test_every_sample_can_run(workspace: Workspace, sample: str) -> None:
    assert checking.check(workspace, samples.document_of(sample)) == []


def test_a_cycle_is_named_by_its_path(workspace: Workspace) -> None:
    step = {"component": "atelier:remove_duplicate_rows:1"}
    ports = {"a": "c", "b": "a", "c": "b"}
    jobs = {
        name: {
            **step,
            "inputs": {"dataset": f"${{{{parent.jobs.{source}.outputs.results_dataset}}}}", "columns": "all"},
        }
        for name, source in ports.items()
    }
    found = [problem for problem in problems_of(workspace, jobs) if problem.code == "cycle"]
    assert [problem.sentence for problem in found] == [
        "Data would go round in a circle: a → b → c → a. Take one of these wires away."
    ]


@pytest.mark.parametrize(
    ("inputs", "code", "part"),
    [
        ({}, "missing_input", "Dataset is not connected."),
        ({"dataset": "${{parent.jobs.model.outputs.untrained_model}}"}, "wrong_type", "takes a Dataset, and untrained_model of model gives an UntrainedModel"),
        ({"dataset": "${{parent.jobs.carz.outputs.dataset}}"}, "unknown_node", "Did you mean 'cars'?"),
        ({"dataset": "${{parent.jobs.cars.outputs.datset}}"}, "unknown_port", "Did you mean 'dataset'?"),
        ({"dataset": "${{inputs.cars}}"}, "bad_binding", "write ${{parent.jobs.NODE.outputs.PORT}}"),
        ({"dataset": "${{parent.inputs.nothing}}"}, "unknown_input", "names no input of the pipeline"),
        ({"dataset": "${{parent.inputs.rate}}"}, "wrong_type", "the pipeline's input rate is a number"),
        ({"dataset": 5}, "wrong_type", "not the value '5'"),
        ({"dataset": "azureml:nowhere:1"}, "unknown_data", "there is no data asset 'nowhere'"),
        ({**SPLIT["inputs"], "fraction_of_rows": 7}, "out_of_range", "must be between 0 and 1; 7 is given"),
        ({**SPLIT["inputs"], "fraction_of_rows": "${{parent.inputs.rate}}"}, "out_of_range", "5.0 is given"),
        ({**SPLIT["inputs"], "fracton_of_rows": 1}, "unknown_parameter", "Did you mean 'fraction_of_rows'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_input(workspace: Workspace, inputs: dict[str, Any], code: str, part: str) -> None:
    split = {"component": "atelier:split_data:1", "inputs": inputs}
    jobs = {"cars": CARS, "model": {"component": "atelier:linear_regression:1"}, "split": split}
    node, found, sentence = one(workspace, jobs, inputs={"rate": 5.0})
    assert (node, found) == ("split", code)
    assert part in sentence


def test_a_component_that_is_not_there_is_told_once_and_nothing_hangs_on_it(workspace: Workspace) -> None:
    jobs = {"cars": {"component": "atelier:automobile_prize:1"}, "split": SPLIT}
    assert one(workspace, jobs)[1:] == (
        "unknown_component",
        "The studio has no component 'automobile_prize'. Did you mean 'automobile_price'?",
    )
    jobs = {"train": {"component": "azureml:train:3"}}
    assert "No component 'train' is registered here" in one(workspace, jobs)[2]


def test_data_of_the_workspace_fits_a_table_by_its_type(workspace: Workspace) -> None:
    make_data(workspace)
    split = {"component": "atelier:split_data:1", "inputs": {"dataset": "azureml:cars@latest"}}
    assert problems_of(workspace, {"split": split}) == []
    assert problems_of(workspace, {"split": split}, inputs={"cars": "azureml:cars:1"}) == []


def test_an_asset_named_by_itself_may_be_a_file_or_a_folder_for_the_studios_components(workspace: Workspace) -> None:
    make_data(workspace)
    split = {"component": "atelier:split_data:1", "inputs": {"dataset": "${{parent.inputs.rows}}"}}
    for kind in ("uri_file", "uri_folder"):
        document = {"jobs": {"split": split}, "inputs": {"rows": {"type": kind}}}
        assert checking.check(workspace, document, inputs={"rows": "azureml:cars:1"}) == []
        assert asking.inputs(workspace, document, {"rows": "azureml:cars:1"}, {})["rows"]["type"] == "uri_file"


def test_inline_components_are_judged_by_what_they_declare(workspace: Workspace) -> None:
    make_data(workspace)
    node = {"component": SCALE, "inputs": {"data": "azureml:cars:1", "rate": 3, "rte": 1}, "outputs": {"mdel": None}}
    found = {(problem.code, problem.parameter or problem.port) for problem in problems_of(workspace, {"scale": node})}
    assert found == {("out_of_range", "rate"), ("unknown_parameter", "rte"), ("unknown_port", "mdel")}


def test_nested_pipelines_are_judged_inside(workspace: Workspace) -> None:
    inner = {"inputs": {"data": {"type": "Dataset"}}, "jobs": {"split": {**SPLIT, "inputs": {"fraction_of_rows": 1}}}}
    outer = {"type": "pipeline", "component": inner, "inputs": {"data": "${{parent.jobs.cars.outputs.dataset}}"}}
    assert one(workspace, {"cars": CARS, "outer": outer})[:2] == ("outer.split", "missing_input")


@pytest.mark.parametrize(
    ("control", "part"),
    [
        ({"type": "if_else", "condition": "${{parent.jobs.scale.outputs.model}}", "true_block": "${{parent.jobs.a}}"}, "gives a mlflow_model"),
        ({"type": "if_else", "condition": True, "true_block": "${{parent.jobs.a}}", "false_block": "${{parent.jobs.a}}"}, "both blocks"),
        ({"type": "if_else", "condition": True, "true_block": "${{parent.jobs.nowhere}}"}, "which is not there"),
        ({"type": "if_else", "condition": True}, "needs a true_block or a false_block"),
        ({"type": "do_while", "body": "${{parent.jobs.a}}", "condition": "dne", "limits": {"max_iteration_count": 3}}, "Did you mean 'done'?"),
        ({"type": "do_while", "body": "${{parent.jobs.a}}", "condition": "done"}, "max_iteration_count"),
        ({"type": "do_while", "body": "${{parent.jobs.a}}", "condition": "done", "limits": {"max_iteration_count": 2000}}, "from 1 to 1,000"),
        ({"type": "parallel_for", "body": "${{parent.jobs.a}}", "items": [{"raet": 0.5}]}, "Did you mean 'rate'?"),
        ({"type": "parallel_for", "body": "${{parent.jobs.a}}", "items": []}, "would be no round"),
    ],
)  # fmt: skip
def test_the_rules_of_control(workspace: Workspace, control: dict[str, Any], part: str) -> None:
    make_data(workspace)
    step = {"component": SCALE, "inputs": {"data": "azureml:cars:1", "rate": 0.5}}
    found = problems_of(workspace, {"scale": step, "a": step, "control": control})
    assert {problem.node for problem in found} == {"control"}
    assert any(part in problem.sentence for problem in found), found


def test_rounds_bring_what_their_body_misses(workspace: Workspace) -> None:
    make_data(workspace)
    body = {"component": SCALE, "inputs": {"data": "azureml:cars:1"}}
    loop = {"type": "parallel_for", "body": "${{parent.jobs.a}}", "items": [{"rate": 0.1}, {"rate": 0.2}]}
    assert problems_of(workspace, {"a": body, "each": loop}) == []
    loop["items"] = [{"rate": 0.1}, {}]
    assert one(workspace, {"a": body, "each": loop})[:2] == ("a", "missing_input")


def test_targets_and_datastores_exist(workspace: Workspace) -> None:
    make_target(workspace, name="gpu")
    jobs = {"cars": {**CARS, "compute": "gpo"}}
    assert one(workspace, jobs)[1:] == (
        "unknown_compute",
        "There is no compute target 'gpo'; there is gpu, local. Did you mean 'gpu'?",
    )
    assert one(workspace, {"cars": CARS}, settings={"default_datastore": "nowhere"})[1] == "unknown_datastore"


def test_the_inputs_of_a_run_are_judged_by_their_declarations(workspace: Workspace) -> None:
    document = {"jobs": {"cars": CARS}, "inputs": {"rate": {"type": "number", "max": 1}, "data": {"type": "uri_file"}}}
    found = checking.check(workspace, document, inputs={"rate": 2, "rats": 1})
    assert [problem.sentence for problem in found] == [
        "rate must be at most 1; 2 is given.",
        "The input data has no data.",
        "The pipeline has no input 'rats'. Did you mean 'rate'?",
    ]
    assert checking.check(workspace, document) == []


def test_too_large_a_pipeline_is_refused_before_anything_is_looked_up(workspace: Workspace) -> None:
    found = problems_of(workspace, {f"n{number}": CARS for number in range(2001)})
    assert [problem.code for problem in found] == ["too_large"]


def test_problems_of_a_text_have_lines_and_columns(workspace: Workspace) -> None:
    text = "type: pipeline\njobs:\n  split:\n    component: atelier:split_data:1\n    inputs:\n      dataset: 5\n      sed: 1\n"
    found = checking.check_reading(workspace, reading.read_text(text, "p.yml"))
    assert [(problem.code, problem.line, problem.column) for problem in found] == [
        ("wrong_type", 6, 16),
        ("unknown_parameter", 7, 12),
    ]
