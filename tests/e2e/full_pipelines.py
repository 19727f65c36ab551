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
SECONDS = 90


def pages(client: httpx.Client) -> list[str]:
    """Addresses below the workspace of pipelines, of a run that failed in a step, of what is published and scheduled."""
    document = {"type": "pipeline", "experiment_name": "vision/pipelines", "jobs": _jobs()}
    pipeline = _made(client, "pipelines", {"name": LONG, "document": document})["id"]
    _made(client, f"pipelines/{pipeline}/versions", {"name": "First"})
    run = _made(client, f"pipelines/{pipeline}/run", {})["id"]
    _made(client, "pipeline-endpoints", {"name": "prices", "pipeline": pipeline, "version": 1})
    cron = {"name": "nightly", "kind": "cron", "trigger": {"expression": "30 2 * * *"}, "time_zone": "Europe/Berlin"}
    _made(client, "schedules", {**cron, "pipeline": pipeline, "version": 1})
    _made(client, "components", {"file_name": "component.yml", "text": COMPONENT})
    _wait(client, run)
    first = f"runs/{run}/steps/flowers/outputs/dataset/"
    of_run = [f"runs/{run}/{tab}/" for tab in ("graph", "steps", "times", "overview")]
    of_run += [f"runs/{run}/graph/?step=fails", first, f"runs/{run}/compare-pipeline/?with={run}"]
    lists = ["pipelines/", "pipeline-endpoints/", "schedules/", "schedule-new/", "components/"]
    things = [f"pipelines/{pipeline}/edit/", f"pipelines/{pipeline}/versions/", "pipeline-endpoints/prices/"]
    things += ["schedules/nightly/", "schedules/nightly/edit/", "components/say_hello/versions/1/"]
    return [*lists, *things, "components/atelier/split_data/", *of_run]


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


def _wait(client: httpx.Client, run: str) -> None:
    until = time.monotonic() + SECONDS
    while client.get(f"runs/{run}").raise_for_status().json()["state"] not in ("completed", "failed"):
        assert time.monotonic() < until, "the pipeline did not end"
        time.sleep(0.5)
