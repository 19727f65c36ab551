"""A pipeline file with everything beside it: found, sent, checked, registered and run, in the real application."""

import json
from pathlib import Path

import atelier
import pytest
from atelier import _cli, _errors

from runs.pipelines.models import PipelineRun
from runs.tracking.models import Snapshot
from tests.factories.compute import make_target
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)
PIPELINE = """
type: pipeline
display_name: two steps
inputs:
  rate: 0.5
  words: {type: uri_file, path: ./data/words.txt}
jobs:
  prepare:
    command: python prepare.py ${{inputs.words}} ${{outputs.kept}}
    code: ./src
    inputs: {words: "${{parent.inputs.words}}"}
    outputs: {kept: {type: uri_folder}}
  train:
    component: ./train/component.yml
    inputs: {data: "${{parent.jobs.prepare.outputs.kept}}", rate: "${{parent.inputs.rate}}"}
"""
COMPONENT = """
name: train
version: "1"
inputs: {data: {type: uri_folder}, rate: {type: number, max: 1}}
outputs: {model: {type: custom_model}}
command: python train.py ${{inputs.data}} ${{inputs.rate}} ${{outputs.model}}
code: .
environment: {conda_file: conda.yml}
"""


@pytest.fixture
def folder(studio: People, tmp_path: Path) -> Path:
    make_target(studio.workspace, name="local")
    root = tmp_path / "project"
    for name, text in {
        "pipeline.yml": PIPELINE,
        "src/prepare.py": "print(1)\n",
        "data/words.txt": "a b\n",
        "train/component.yml": COMPONENT,
        "train/conda.yml": "dependencies: [python=3.11]\n",
        "train/train.py": "print(2)\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_a_pipeline_file_is_run_with_all_that_lies_beside_it(folder: Path, studio: People) -> None:
    run = atelier.Workspace().submit(folder / "pipeline.yml")
    row = PipelineRun.objects.get(pk=run.id)
    assert [step.path for step in row.steps.all()] == ["prepare", "train"]
    component = row.document["jobs"]["train"]["component"]
    assert component["code"] == "train"
    assert component["environment"]["conda_file"] == {"dependencies": ["python=3.11"]}
    assert set(row.document["sent"]) >= {"./src", "train", "./data/words.txt"}
    kept = Snapshot.objects.get(workspace=studio.workspace, digest=row.document["sent"]["train"])
    assert [entry["path"] for entry in kept.manifest] == ["component.yml", "conda.yml", "train.py"]


def test_a_value_is_set_over_the_files(folder: Path) -> None:
    run = atelier.Workspace().submit(folder / "pipeline.yml", set={"inputs.rate": 0.25})
    assert PipelineRun.objects.get(pk=run.id).inputs["rate"]["value"] == 0.25


def test_what_is_wrong_is_told_with_line_and_column_and_nothing_is_made(folder: Path) -> None:
    file = folder / "pipeline.yml"
    file.write_text(PIPELINE.replace("rate: 0.5", "rate: 5").replace("prepare.outputs.kept", "prepare.outputs.left"))
    with pytest.raises(_errors.JobFileError) as refused:
        atelier.Workspace().submit(file)
    assert "pipeline.yml:15:20: prepare has no output 'left'; it has kept." in " ".join(map(str, refused.value.errors))
    assert not PipelineRun.objects.exists()


def test_the_command_checks_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "pipeline.yml"
    assert _cli.main(["pipeline", "check", str(file)]) == 0
    file.write_text(PIPELINE.replace("rate: 0.5", "rate: 5"))
    capsys.readouterr()
    assert _cli.main(["pipeline", "check", str(file), "-o", "json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)
    assert (problem["node"], problem["code"], problem["line"]) == ("train", "out_of_range", 15)


def test_a_component_is_registered_from_its_folder_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "train" / "component.yml"
    assert _cli.main(["component", "create", "-f", str(file)]) == 0
    assert "azureml:train:1 is registered" in capsys.readouterr().err
    space = atelier.Workspace()
    assert space.components.create(file)["version"] == "1"
    assert [one["reference"] for one in space.components.list(source="workspace")] == ["azureml:train:1"]
    assert space.components.get("train", "1")["snapshot"]
    space.components.archive("train")
    assert space.components.list(source="workspace") == []
    space.components.delete("train")
    with pytest.raises(_errors.AtelierError):
        space.components.get("train")
