"""Every form in which Azure's pipeline files say something means one thing here."""

from typing import Any

import pytest

from runs.pipelines.document import reading

COMPONENT = """
type: command
name: train
inputs:
  data: {type: uri_folder}
  rate: {type: number, default: "0.1", min: 0, max: 1}
  kind: {type: string, enum: [a, b], optional: true}
outputs: {model: {type: mlflow_model}}
command: python train.py ${{inputs.data}} ${{inputs.rate}} $[[--kind ${{inputs.kind}}]]
code: ./src
environment: {image: "python:3.11", conda_file: ../conda.yml}
"""
FILES = {"steps/train.yml": COMPONENT, "conda.yml": "dependencies: [python=3.11]"}


def document(text: str, files: dict[str, str] | None = None) -> dict[str, Any]:
    found = reading.read_text(text, "pipeline.yml", files)
    assert found.problems == ()
    return found.document


def node(text: str, files: dict[str, str] | None = None) -> dict[str, Any]:
    return document(f"jobs:\n  a:\n    {text}", files)["jobs"]["a"]


def test_jobs_imply_a_pipeline_and_a_node_without_a_type_is_a_command() -> None:
    found = node("command: python a.py")
    assert (found["type"], found["command"]) == ("command", "python a.py")


def test_a_component_file_is_inlined_with_its_own_paths() -> None:
    found = reading.read_text("jobs: {a: {component: 'file:./steps/train.yml'}}", "pipeline.yml", FILES)
    component = found.document["jobs"]["a"]["component"]
    assert component["code"] == "steps/src"
    assert component["environment"]["conda_file"] == {"dependencies": ["python=3.11"]}
    assert component["inputs"]["rate"] == {"type": "number", "min": 0, "max": 1, "default": 0.1}
    assert {(need.role, need.path) for need in found.needs} == {
        ("text", "./steps/train.yml"), ("text", "conda.yml"), ("code", "steps/src"),
    }  # fmt: skip


def test_files_are_asked_for_in_rounds() -> None:
    text = "jobs: {a: {component: ./steps/train.yml}}"
    first = reading.read_text(text)
    assert [(need.role, need.path) for need in first.needs] == [("text", "./steps/train.yml")]
    second = reading.read_text(text, files={"steps/train.yml": COMPONENT})
    assert {need.path for need in second.needs} == {"./steps/train.yml", "conda.yml", "steps/src"}


def test_a_pipeline_may_be_a_component_file_with_inputs() -> None:
    files = {
        "inner.yml": "inputs: {rate: {type: number, default: 1}, data: {type: uri_file}}\njobs: {a: {command: ls}}"
    }
    found = document("type: pipeline\ncomponent: inner.yml\ninputs: {rate: 0.5, data: 'azureml:cars:1'}", files)
    assert list(found["jobs"]) == ["a"]
    assert found["inputs"] == {
        "rate": {"type": "number", "default": 0.5},
        "data": {"type": "uri_file", "path": "azureml:cars:1"},
    }
    registered = document("type: pipeline\ncomponent: azureml:train:1\ninputs: {rate: 0.5}")
    assert registered["jobs"]["pipeline"]["inputs"] == {"rate": "${{parent.inputs.rate}}"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{rate: 0.1}", {"rate": {"type": "number", "default": 0.1}}),
        ("{rate: '0.1'}", {"rate": {"type": "string", "default": "0.1"}}),
        ("{rate: {type: Number, default: '0.1'}}", {"rate": {"type": "number", "default": 0.1}}),
        ("{on: {type: boolean, value: 'True'}}", {"on": {"type": "boolean", "default": True}}),
        ("{type: uri_file, iris: 'https://example.org/a.csv'}", {"type": {"type": "string", "default": "uri_file"}, "iris": {"type": "uri_file", "path": "https://example.org/a.csv"}}),
        ("{d: {path: azureml:cars@latest}}", {"d": {"path": "azureml:cars@latest"}}),
        ("{d: {type: URI-Folder, path: ./data, mode: RO_MOUNT}}", {"d": {"type": "uri_folder", "path": "./data", "mode": "ro_mount"}}),
    ],
)  # fmt: skip
def test_inputs_are_values_declarations_or_data(written: str, meant: dict[str, Any]) -> None:
    assert document(f"inputs: {written}\njobs: {{a: {{command: ls}}}}")["inputs"] == meant


def test_outputs_are_bound_as_texts_and_as_mappings() -> None:
    found = node(
        "component: azureml:a:1\n    outputs: {a: '${{ parent.outputs.x }}', b: {path: '${{parent.outputs.y}}'},"
        " c: , d: {type: uri_file, mode: upload}}"
    )
    assert found["outputs"] == {
        "a": "${{parent.outputs.x}}",
        "b": "${{parent.outputs.y}}",
        "c": {},
        "d": {"type": "uri_file", "mode": "upload"},
    }


def test_items_may_be_json_and_blocks_are_bindings() -> None:
    found = document(
        "jobs:\n  a: {command: ls}\n"
        "  each: {type: Parallel-For, body: '${{ parent.jobs.a }}', items: '[{\"x\": 1}]', max_concurrency: 2}\n"
        "  if: {condition: 'true', true_block: ['${{parent.jobs.a}}']}\n"
    )["jobs"]
    assert found["each"] == {"type": "parallel_for", "comment": "", "body": "${{parent.jobs.a}}", "items": [{"x": 1}], "max_concurrency": 2, "outputs": {}}  # fmt: skip
    assert found["if"] == {"type": "if_else", "comment": "", "condition": True, "true_block": "${{parent.jobs.a}}"}


def test_compute_and_settings() -> None:
    found = document("compute: azureml:cpu\nsettings: {continue_on_step_failure: true}\njobs: {a: {command: ls, compute: '${{ parent.inputs.x }}'}}")  # fmt: skip
    assert found["settings"]["default_compute"] == "azureml:cpu"
    assert found["settings"]["continue_on_step_failure"] is True
    assert found["jobs"]["a"]["compute"] == "${{parent.inputs.x}}"


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        ("jobs:\n  a: [\n", 3, 1, "not YAML"),
        ("jobs:\n  a:\n    comand: ls\n", 3, 5, "Did you mean 'command'?"),
        ("jobs:\n  a b: {command: ls}\n", 2, 3, "can't name a node"),
        ("jobs:\n  a: {type: sweep, trial: x}\n", 2, 13, "no sweep nodes"),
        ("jobs:\n  a: {type: comand}\n", 2, 13, "Did you mean 'command'?"),
        ("type: command\ncommand: ls\n", 1, 7, "no pipeline"),
        ("jobs:\n  a: {command: ls, retry_settings: {max_retries: 99}}\n", 2, 50, "from 0 to 20"),
        ("jobs:\n  a: {command: ls, inputs: {x: .nan}}\n", 2, 32, "finite"),
        ("jobs:\n  a: {component: train}\n", 2, 18, "azureml:NAME:VERSION"),
    ],
)
def test_a_problem_has_a_line_and_a_column(text: str, line: int, column: int, part: str) -> None:
    found = reading.read_text(text, "p.yml").problems
    assert found, text
    assert (found[0].line, found[0].column) == (line, column)
    assert part in found[0].sentence


def test_a_component_that_holds_itself_is_refused() -> None:
    files = {"a.yml": "jobs: {x: {component: ./a.yml}}"}
    found = reading.read_text("jobs: {x: {component: ./a.yml}}", files=files).problems
    assert "holds itself" in found[0].sentence


def test_a_problem_of_a_component_file_names_its_file() -> None:
    found = reading.read_text("jobs:\n  x:\n    component: a.yml", files={"a.yml": "name: A\ncommand: ls"}).problems
    assert found[0].sentence.startswith("a.yml:1:7: 'A' can't name a component")
    assert (found[0].line, found[0].node) == (3, "x")
