"""Runs of pipelines as the engine leaves them, with outputs that lie in the default datastore."""

import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from runs.pipelines.models import PipelineRun, Step, StepNeed
from runs.tracking.models import RunState
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories import make_run, sequence
from tests.factories.data import put_file

ROWS = b"make,price\nvolvo,100\nsaab,200\nfiat,\n"
EVALUATION = {
    "task": "regression",
    "title": "Evaluation",
    "facts": [["R2", 0.9]],
    "tables": [{"title": "Metrics", "columns": ["Metric", "Value"], "rows": [["R2", 0.9]]}],
    "charts": [],
}
DOCUMENT: dict[str, Any] = {
    "type": "pipeline",
    "inputs": {"cars": {"type": "uri_file", "path": "azureml:cars@latest"}, "rate": {"type": "number", "default": 0.1}},
    "jobs": {
        "clean": {"component": "atelier:clean_missing_data:1", "inputs": {"dataset": "${{parent.inputs.cars}}"}},
        "train": {
            "component": "atelier:train_model:1",
            "inputs": {"dataset": "${{parent.jobs.clean.outputs.cleaned}}"},
        },
        "score": {"component": "atelier:score_model:1", "inputs": {"model": "${{parent.jobs.train.outputs.model}}"}},
    },
}


def make_gathered(pipeline_run: PipelineRun, *, tables: bool = True) -> Step:
    """A completed loop `each` over two seasons, whose rounds left a table (or a model) at `made`."""
    workspace = pipeline_run.run.workspace
    common: dict[str, Any] = {"pipeline_run": pipeline_run, "state": "completed", "node": {}, "component": ""}
    folder = f"azureml/{pipeline_run.pk}-{sequence.number()}/each"
    own = put_file(workspace, f"{folder}/MLTable", b"type: mltable\npaths: []\n").rpartition("/")[0]
    outputs = {"made": {"type": "mltable", "uri": own}}
    loop = Step.objects.create(
        path="each", name="each", kind=Step.Kind.EACH, position=10, outputs=outputs, inputs={}, **common
    )
    for at, season in enumerate(("summer", "winter")):
        name, content = ("data.csv", f"season,rides\n{season},{at}\n") if tables else ("model.bin", season)
        uri = put_file(workspace, f"{folder}/{season}/{name}", content.encode()).rpartition("/")[0]
        Step.objects.create(
            path=f"each[{at}].body", name="body", kind="command", position=at, parent=loop, item={"name": season},
            outputs={"made": {"type": "uri_folder", "uri": uri}}, inputs={}, **common,
        )  # fmt: skip
    return loop


def make_pipeline_run(workspace: Workspace, *, actor: User | None = None, name: str = "prices") -> PipelineRun:
    """A completed run of three steps in a row: `clean` left a table, `train` an evaluation, `score` a value; `clean` was reused."""
    run = make_run(workspace, name=name, created_by=actor, source="pipeline", state=RunState.COMPLETED, job=None)
    made = PipelineRun.objects.create(run=run, document=DOCUMENT, origin="designer")
    folder = f"azureml/{run.pk}-{sequence.number()}"
    table = put_file(workspace, f"{folder}/cleaned/data.csv", ROWS)
    view = put_file(workspace, f"{folder}/evaluation/evaluation.json", json.dumps(EVALUATION).encode())
    put_file(workspace, f"{folder}/evaluation/_view.json", json.dumps({**EVALUATION, "kind": "evaluation"}).encode())
    outputs: dict[str, dict[str, Any]] = {
        "clean": {"cleaned": {"type": "Dataset", "uri": table.rpartition("/")[0], "hash": "c1"}},
        "train": {"evaluation": {"type": "Evaluation", "uri": view.rpartition("/")[0], "hash": "e1"}},
        "score": {"count": {"type": "integer", "value": 3}},
    }
    before = None
    for at, (node, facts) in enumerate(DOCUMENT["jobs"].items()):
        began = timezone.now() - timedelta(minutes=10 - at)
        step = Step.objects.create(
            pipeline_run=made, path=node, name=node, label=node.capitalize(), kind="command", component=facts["component"],
            node=facts, position=at, state="completed", outputs=outputs[node], inputs={"rate": {"value": 0.1 * at}},
            ready_at=began, started_at=began, ended_at=began + timedelta(seconds=30),
        )  # fmt: skip
        if before is not None:
            StepNeed.objects.create(step=step, needed=before)
        before = step
    return made
