"""Pipelines, a run of one, and all that stands around them, made over HTTP as people and clients make it."""

import time
from typing import Any

import httpx

LONG = "prices-of-used-cars-in-the-north-of-germany-" + "with-a-very-long-name-" * 3
COMPONENT = """\
name: say_hello
display_name: Say hello
version: "1"
type: command
inputs:
  whom: {type: string, default: you}
  table: {type: uri_folder, optional: true}
outputs:
  said: {type: uri_file}
command: echo hello ${{inputs.whom}} > ${{outputs.said}}
"""
SECONDS = 180
ENDS = ("completed", "failed")


EVENTS: dict[str, dict[str, Any]] = {
    "when-called": {"kind": "webhook", "trigger": {}},
    "when-cars-change": {"kind": "data", "trigger": {"name": "*"}},
    "twice-a-week": {"kind": "recurrence", "trigger": {"frequency": "week", "interval": 1, "schedule": {"week_days": ["monday", "friday"], "hours": [4], "minutes": [10]}}},
}  # fmt: skip


def pages(client: httpx.Client) -> list[str]:
    """Addresses below the workspace of pipelines and their runs, of what is published, scheduled and registered."""
    document = {"type": "pipeline", "experiment_name": "vision/pipelines", "jobs": _jobs()}
    pipeline = _made(client, "pipelines", {"name": LONG, "document": document})["id"]
    _made(client, f"pipelines/{pipeline}/versions", {"name": "First"})
    _change(client, pipeline)
    failed = _made(client, f"pipelines/{pipeline}/run", {})["id"]
    sample = _made(client, "pipelines", {"name": "cars", "sample": "automobile_price"})["id"]
    trained = _made(client, f"pipelines/{sample}/run", {})["id"]
    around = [*_published_and_scheduled(client, pipeline), *_of_components(client)]
    _wait(client, failed, trained)
    compared = f"runs/{failed}/compare-pipeline/?with={trained}"
    things = [
        f"pipelines/{pipeline}/edit/",
        f"pipelines/{pipeline}/versions/",
        f"pipelines/{pipeline}/versions/?a=1&b=draft",
    ]
    lists = ["pipelines/", "pipelines/?q=nothing+like+it", "pipelines/?archived=1"]
    return [*lists, *things, *around, *_of_run(failed), compared, *_of_a_trained_run(client, trained)]


def _change(client: httpx.Client, pipeline: int) -> None:
    """The draft is another than its version."""
    draft = client.get(f"pipelines/{pipeline}/draft")
    document = draft.raise_for_status().json()["document"]
    document["jobs"]["fails"]["comment"] = "It can't go well."
    headers = {"If-Match": draft.headers["ETag"]}
    client.put(f"pipelines/{pipeline}/draft", json={"document": document}, headers=headers).raise_for_status()


def _published_and_scheduled(client: httpx.Client, pipeline: int) -> list[str]:
    _made(client, "pipeline-endpoints", {"name": "prices", "pipeline": pipeline, "version": 1})
    nightly = {"kind": "cron", "trigger": {"expression": "30 2 * * *"}, "time_zone": "Europe/Berlin"}
    schedules = {"nightly": nightly, **EVENTS}
    for name, facts in schedules.items():
        _made(client, "schedules", {"name": name, **facts, "pipeline": pipeline, "version": 1})
    each = [f"schedules/{name}/" for name in schedules]
    lists = ["pipeline-endpoints/", "pipeline-endpoints/prices/", "schedules/", "schedules/?q=nothing+like+it"]
    return [*lists, *each, "schedule-new/", "schedules/nightly/edit/", "schedules/when-called/edit/"]


def _of_components(client: httpx.Client) -> list[str]:
    _made(client, "components", {"file_name": "component.yml", "text": COMPONENT})
    each = ["components/say_hello/versions/1/", "components/atelier/split_data/"]
    return ["components/", "components/?q=nothing+like+it", *each]


def _of_run(run: str) -> list[str]:
    tabs = [f"runs/{run}/{tab}/" for tab in ("graph", "steps", "times", "overview")]
    return [*tabs, f"runs/{run}/graph/?step=fails", f"runs/{run}/steps/flowers/outputs/dataset/"]


def _of_a_trained_run(client: httpx.Client, run: str) -> list[str]:
    """What a training leaves: scored rows, a model, an evaluation, and a pipeline that answers requests."""
    made = _made(client, f"pipeline-runs/{run}/inference", {"kind": "realtime"})["id"]
    outputs = {"score": "scored_dataset", "train": "trained_model", "evaluate": "evaluation_results"}
    wires = [f"runs/{run}/steps/{step}/outputs/{port}/" for step, port in outputs.items()]
    tabs = [f"runs/{run}/{tab}/" for tab in ("graph", "steps", "times")]
    return [*tabs, *wires, f"pipelines/{made}/edit/", f"pipelines/{made}/versions/"]


def _jobs() -> dict[str, Any]:
    """Real data goes into a step that fails, so that the page of a failure is seen."""
    flowers = {"type": "command", "component": "atelier:iris:1", "inputs": {}}
    wire = "${{parent.jobs.flowers.outputs.dataset}}"
    fails = {
        "type": "command",
        "component": "atelier:apply_sql_transformation:1",
        "inputs": {"t1": wire, "sql_query_script": "select nothing from nowhere"},
    }
    return {"flowers": flowers, "fails": fails}


def _made(client: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    answer = client.post(path, json=body)
    assert answer.is_success, f"{path}: {answer.text}"
    return answer.json()


def _wait(client: httpx.Client, *runs: str) -> None:
    until = time.monotonic() + SECONDS
    while not all(client.get(f"runs/{run}").raise_for_status().json()["state"] in ENDS for run in runs):
        assert time.monotonic() < until, "a pipeline did not end"
        time.sleep(0.5)
