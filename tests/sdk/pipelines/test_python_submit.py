"""A script with a pipeline in it: checked, sent with all that it names, and run, in the real application."""

import runpy
from pathlib import Path
from typing import Any

import atelier
import pytest

from runs.pipelines.models import PipelineRun
from runs.tracking.models import Snapshot
from tests.factories.compute import make_target
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = """
import atelier

prepare = atelier.command(
    command="python prepare.py ${{inputs.words}} ${{outputs.kept}}",
    code="src", inputs={"words": "uri_file"}, outputs=["kept"],
)
train = atelier.load_component("train/component.yml")


@atelier.pipeline(display_name="two steps")
def two_steps(words=atelier.Input("uri_file", path="data/words.txt"), rate: float = 0.5):
    prepared = prepare(words=words)
    trained = train(data=prepared.outputs.kept, rate=rate)
    return {"model": trained.outputs.model}


@atelier.pipeline
def steps(data: atelier.Input("uri_folder"), rate: float):
    trained = train(data=data, rate=5)


@atelier.pipeline
def outer(rate: float):
    far = atelier.component("azureml:nowhere@latest")(rate=rate)
    far.compute = "moon"
    inner = steps(data=far.outputs.model, rate=rate)
"""
COMPONENT = """
name: train
inputs: {data: {type: uri_folder}, rate: {type: number, max: 1}}
outputs: {model: {type: custom_model}}
command: python train.py ${{inputs.data}} ${{inputs.rate}} ${{outputs.model}}
code: .
environment: {conda_file: conda.yml}
"""


@pytest.fixture
def script(studio: People, tmp_path: Path) -> dict[str, Any]:
    """What the script has made; it lies elsewhere than where it is worked in."""
    make_target(studio.workspace, name="local")
    root = tmp_path / "project"
    for name, text in {
        "prices.py": SCRIPT,
        "src/prepare.py": "print(1)\n",
        "data/words.txt": "a b\n",
        "train/component.yml": COMPONENT,
        "train/conda.yml": "dependencies: [python=3.11]\n",
        "train/train.py": "print(2)\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return runpy.run_path(str(root / "prices.py"))


def test_a_pipeline_is_sent_with_all_that_its_script_names(script: dict[str, Any], studio: People) -> None:
    pipeline = script["two_steps"](rate=0.25)
    assert pipeline.check() == []
    run = pipeline.submit(experiment="cars/prices", name="first", force=True, tags={"team": "eyes"})
    row = PipelineRun.objects.get(pk=run.id)
    assert [step.path for step in row.steps.all()] == ["prepared", "trained"]
    assert (run.name, run.experiment, run.tags["team"]) == ("first", "cars/prices", "eyes")
    assert row.inputs["rate"]["value"] == 0.25
    assert row.document["settings"]["force_rerun"] is True
    assert pipeline.settings["force_rerun"] is False  # of this run only
    trained = row.document["jobs"]["trained"]
    assert trained["component"]["environment"]["conda_file"] == {"dependencies": ["python=3.11"]}
    assert trained["outputs"] == {"model": "${{parent.outputs.model}}"}
    digest = row.document["sent"]["train"]
    kept = Snapshot.objects.get(workspace=studio.workspace, digest=digest)
    assert [entry["path"] for entry in kept.manifest] == ["component.yml", "conda.yml", "train.py"]


def test_what_is_wrong_is_told_at_the_line_of_the_script_and_nothing_is_made(script: dict[str, Any]) -> None:
    pipeline = script["outer"]()
    with pytest.raises(atelier.JobFileError) as refused:
        pipeline.submit(atelier.Workspace("vision"))
    said = str(refused.value).split("\n")
    beginnings = (
        "prices.py:25: far: No component 'nowhere' is registered here.",
        "prices.py:25: far: There is no compute target 'moon'",
        "prices.py:20: inner.trained: Rate must be at most 1; 5 is given.",
        "prices.py:23: The input rate has no value.",
    )
    for beginning in beginnings:
        assert any(line.startswith(beginning) for line in said), said
    assert not PipelineRun.objects.exists()
    problems = pipeline.check("vision", {"rate": 0.5})
    assert sorted(problem["script"] for problem in problems) == ["prices.py:20", "prices.py:25", "prices.py:25"]
