"""What `azure-ai-ml` accepts as a command job we accept, with the same resolved values."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runs.tracking.jobfile import parse
from runs.tracking.jobfile.command import CommandJob

pytest.importorskip("azure.ai.ml", reason="azure-ai-ml is not installed")

SCHEMA = "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\n"
FILES = {
    "smallest": "command: echo hello\nenvironment: azureml:AzureML-sklearn-1.5@latest\n",
    "image": "command: python -V\nenvironment: {image: 'python:3.11'}\n",
    "library-image": "command: python -V\nenvironment: {image: library/python:latest}\ncompute: azureml:cpu-cluster\n",
    "code": "code: src\ncommand: python main.py\nenvironment: {image: python}\ncompute: azureml:cpu-cluster\n",
    "literals": (
        "command: python main.py ${{inputs.a}} ${{inputs.b}} ${{inputs.c}} ${{inputs.d}} ${{inputs.e}}\n"
        "inputs: {a: 0.1, b: 3, c: true, d: text, e: 1e-3}\nenvironment: {image: python}\n"
    ),
    "yaml-1.1": (
        "command: x ${{inputs.a}} ${{inputs.b}} ${{inputs.c}}\ninputs: {a: yes, b: 010, c: '5'}\n"
        "environment: {image: python}\n"
    ),
    "uri-file": (
        "command: cat ${{inputs.f}}\ninputs:\n  f: {type: uri_file, path: ./data/a.csv, mode: download}\n"
        "environment: {image: python}\n"
    ),
    "uri-folder-web": (
        "command: ls ${{inputs.f}}\ninputs:\n  f:\n    type: uri_folder\n    path: https://host.example/folder/\n"
        "    mode: RO_MOUNT\nenvironment: {image: python}\n"
    ),
    "trap-1": (
        "command: echo ${{inputs.iris_csv}}\ninputs: {type: uri_file, iris_csv: 'https://host.example/iris.csv'}\n"
        "environment: {image: python}\n"
    ),
    "outputs": (
        "command: touch ${{outputs.a}}/x\noutputs:\n  a:\n  b: {type: uri_folder, mode: Upload}\n"
        "environment: {image: python}\n"
    ),
    "optional-group": ("command: x $[[--n ${{inputs.n}}]]\ninputs: {n: 3}\nenvironment: {image: python}\n"),
    "limits-resources": (
        "command: x\nenvironment: {image: python}\nlimits: {timeout: 1200}\n"
        "resources: {instance_count: 1, instance_type: STANDARD_DS3_v2, shm_size: 2g}\n"
    ),
    "queue": (
        "command: x\nenvironment: {image: python}\nqueue_settings: {job_tier: Standard, priority: Medium}\n"
        "compute: azureml:serverless\n"
    ),
    "names": (
        "name: my-job-1\ndisplay_name: My job\nexperiment_name: exp\ndescription: |\n  Two\n  lines\n"
        "tags: {a: '1'}\nproperties: {p: q}\ncommand: x\nenvironment: {image: python}\n"
    ),
    "variables": ("command: x\nenvironment: {image: python}\nenvironment_variables: {A: '1', B: text, EMPTY: ''}\n"),
    "folded": "command: >-\n  python a\n  --b c\nenvironment: {image: python}\n",
    "anchors": (
        "inputs:\n  a: &base {type: uri_file, path: ./data/a.csv}\n  b: *base\ncommand: x ${{inputs.a}} ${{inputs.b}}\n"
        "environment: {image: python}\n"
    ),
}
ASK = """
import json, sys, warnings, logging
warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)
from azure.ai.ml import load_job

def plain(value):
    data = getattr(value, "_data", value)
    if data is None or isinstance(data, (str, int, float, bool)):
        return data
    return {"type": data.get("type"), "path": data.get("path"), "mode": data.get("mode")}

found = {}
for path in sys.argv[1:]:
    job = load_job(path)
    limits, queue = job.limits, job.queue_settings
    found[path] = {
        "type": job.type, "command": job.command, "code": job.code, "name": job.name,
        "display_name": job.display_name, "experiment_name": job.experiment_name, "description": job.description,
        "tags": job.tags, "properties": job.properties, "compute": job.compute,
        "inputs": {k: plain(v) for k, v in job.inputs.items()},
        "outputs": {k: plain(v) for k, v in job.outputs.items()},
        "variables": job.environment_variables, "timeout": limits.timeout if limits else None,
        "priority": queue.get("priority") if isinstance(queue, dict) else getattr(queue, "priority", None),
    }
print("ANSWER" + json.dumps(found))
"""


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What azure-ai-ml makes of every file, asked once in a process of its own: it is slow to import and noisy."""
    folder = tmp_path_factory.mktemp("azure")
    (folder / "src").mkdir()
    (folder / "src" / "main.py").write_text("print(1)")
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_text("a\n1\n")
    paths = {}
    for name, text in FILES.items():
        paths[name] = folder / f"{name}.yml"
        paths[name].write_text(SCHEMA + text)
    done = subprocess.run(
        [sys.executable, "-c", ASK, *map(str, paths.values())],
        capture_output=True,
        text=True,
        timeout=180,
        cwd=folder,
        check=False,
    )
    assert "ANSWER" in done.stdout, done.stderr[-3000:]
    answers = json.loads(done.stdout.split("ANSWER", 1)[1])
    return {name: answers[str(path)] for name, path in paths.items()}


def ours(text: str) -> CommandJob:
    return parse.parse_text(SCHEMA + text)


@pytest.mark.parametrize("name", FILES)
def test_what_azure_accepts_we_accept_with_the_same_values(name: str, oracle: dict[str, dict[str, Any]]) -> None:
    theirs, job = oracle[name], ours(FILES[name])
    assert theirs["type"] == "command"
    assert job.command == theirs["command"]
    assert Path(job.code or "").name == Path(theirs["code"] or "").name
    assert job.display_name == (theirs["display_name"] or "")
    assert job.experiment_name == (theirs["experiment_name"] or "")
    assert job.description == (theirs["description"] or "")
    assert job.tags == (theirs["tags"] or {})
    assert job.properties == (theirs["properties"] or {})
    assert job.compute == (theirs["compute"] or "")
    assert job.timeout_seconds == theirs["timeout"]
    assert job.priority == (theirs["priority"] or "medium").lower()
    assert job.environment_variables == {key: str(value) for key, value in (theirs["variables"] or {}).items()}
    assert set(job.inputs) == set(theirs["inputs"])
    for key, value in theirs["inputs"].items():
        _same_input(job, key, value)
    assert set(job.outputs) == set(theirs["outputs"])
    for key, value in theirs["outputs"].items():
        assert job.outputs[key].type == ((value or {}).get("type") or "uri_folder")
        assert job.outputs[key].mode == ((value or {}).get("mode") or "rw_mount")


def _same_input(job: CommandJob, key: str, theirs: Any) -> None:
    spec = job.inputs[key]
    if isinstance(theirs, dict):
        assert spec.type == theirs["type"]
        assert Path(spec.path).name == Path(theirs["path"]).name
        assert spec.mode == (theirs["mode"] or "")
    elif spec.is_reference:
        assert spec.path == theirs
    else:
        assert (spec.value, type(spec.value)) == (theirs, type(theirs))
