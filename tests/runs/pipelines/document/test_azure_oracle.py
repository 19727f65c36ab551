"""What `azure-ai-ml` accepts as a pipeline job or a component we accept, with the same resolved values."""

import json
import subprocess
import sys
from typing import Any

import pytest

from runs.components import definitions
from runs.pipelines.document import reading

pytest.importorskip("azure.ai.ml", reason="azure-ai-ml is not installed")

COMPONENT = """
$schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json
type: command
name: train
version: 1
display_name: Train
is_deterministic: false
inputs:
  data: {type: uri_folder}
  rate: {type: number, default: 0.1, min: 0, max: 1}
  rounds: {type: integer, default: 3}
  kind: {type: string, enum: [a, b], optional: true}
  shuffle: {type: boolean, default: true}
outputs:
  model: {type: mlflow_model}
command: python train.py ${{inputs.data}} ${{inputs.rate}} $[[--kind ${{inputs.kind}}]] ${{outputs.model}}
code: ./src
environment: azureml:AzureML-sklearn-1.5@latest
"""
PIPELINES = {
    "files": """
$schema: https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json
type: pipeline
display_name: from files
experiment_name: prices
compute: azureml:cpu-cluster
settings: {continue_on_step_failure: true, force_rerun: true, default_datastore: azureml:workspaceblobstore}
inputs:
  cars: {type: uri_folder, path: ./data, mode: download}
  rate: 0.5
  rounds: 7
  name: text
outputs:
  model: {type: mlflow_model, mode: upload}
  other:
jobs:
  first:
    component: ./train.yml
    inputs: {data: "${{parent.inputs.cars}}", rate: "${{parent.inputs.rate}}", kind: a}
    outputs: {model: "${{parent.outputs.model}}"}
  second:
    type: command
    component: file:./train.yml
    compute: azureml:gpu
    inputs: {data: {type: uri_folder, path: ./data}, rounds: "${{parent.inputs.rounds}}"}
    limits: {timeout: 600}
""",
    "inline": """
type: pipeline
jobs:
  prepare:
    command: echo ${{inputs.word}} > ${{outputs.kept}}/a
    environment: {image: "python:3.11"}
    inputs: {word: hello}
    outputs: {kept: {type: uri_folder}}
  read:
    command: ls ${{inputs.folder}}
    environment: azureml:AzureML-sklearn-1.5@latest
    inputs: {folder: "${{parent.jobs.prepare.outputs.kept}}"}
""",
}
SCRIPT = """
import json, sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
from azure.ai.ml import load_component, load_job

def plain(value):
    return value if isinstance(value, (str, int, float, bool, type(None))) else getattr(value, "path", None) or str(value)

answer = {}
for path in sorted(Path(sys.argv[1]).glob("pipeline-*.yml")):
    job = load_job(path)
    answer[path.stem[9:]] = {
        "inputs": {name: plain(one._data) for name, one in job.inputs.items()},
        "jobs": {
            name: sorted(key for key, one in node.inputs.items() if one._data is not None) for name, node in job.jobs.items()
        },
        "fails_on": bool(job.settings.continue_on_step_failure),
    }
made = load_component(Path(sys.argv[1]) / "train.yml")
answer["component"] = {
    "inputs": {name: [one.type, one.default, bool(one.optional)] for name, one in made.inputs.items()},
    "outputs": {name: one.type for name, one in made.outputs.items()},
    "is_deterministic": made.is_deterministic,
    "command": made.command,
}
print("ANSWER" + json.dumps(answer))
"""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("azure")
    (folder / "src").mkdir()
    (folder / "data").mkdir()
    (folder / "train.yml").write_text(COMPONENT)
    for name, text in PIPELINES.items():
        (folder / f"pipeline-{name}.yml").write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=folder,
        check=False,
    )
    assert "ANSWER" in done.stdout, done.stderr[-3000:]
    answer: dict[str, Any] = json.loads(done.stdout.partition("ANSWER")[2])
    return answer


@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_that_azure_accepts_means_the_same(theirs: dict[str, Any], name: str) -> None:
    found = reading.read_text(PIPELINES[name], files={"train.yml": COMPONENT})
    assert found.problems == ()
    document, wanted = found.document, theirs[name]
    ours = {key: spec.get("default", spec.get("path")) for key, spec in document["inputs"].items()}
    assert {key: str(value).removeprefix("./") for key, value in ours.items()} == {
        key: str(value).removeprefix("./") for key, value in wanted["inputs"].items()
    }
    assert {key: sorted(node["inputs"]) for key, node in document["jobs"].items()} == wanted["jobs"]
    assert document["settings"]["continue_on_step_failure"] == wanted["fails_on"]


def test_a_component_that_azure_accepts_means_the_same(theirs: dict[str, Any]) -> None:
    found = definitions.read(COMPONENT, files={})
    assert found.problems == ()
    ours, wanted = found.definition, theirs["component"]
    assert {name: one["type"] for name, one in ours["outputs"].items()} == wanted["outputs"]
    assert {name: [one["type"], one.get("default"), bool(one.get("optional"))] for name, one in ours["inputs"].items()} == wanted["inputs"]  # fmt: skip
    assert (ours["is_deterministic"], ours["command"]) == (wanted["is_deterministic"], wanted["command"])
