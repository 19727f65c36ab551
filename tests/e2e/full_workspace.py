"""A workspace with something on every page, made over HTTP as people and clients make it."""

import hashlib
import io
import json
import time
import zipfile
from typing import Any

import httpx
import numpy as np
from atelier import _media, _png

from tests.e2e import full_pipelines

LONG = "detector-for-line-seven-in-the-hamburg-plant-" + "with-a-very-long-name-" * 3
MLMODEL = """flavors:
  sklearn: {sklearn_version: '1.7'}
signature:
  inputs: '[{"name": "petal width (cm)", "type": "double"}]'
  outputs: '[{"type": "long"}]'
"""
REPORT = """# What we learned

```chart
metrics: [val/loss]
runs: [%s]
```

```runs
experiment: vision/full
columns: [state, params.lr, metrics.val/loss.min]
```

| backbone | accuracy |
|---|---|
| vit | 0.95 |
"""


def pages(url: str, token: str) -> list[str]:
    """Fill `main` and answer the addresses of what is there then."""
    headers = {"Authorization": f"Bearer {token}"}
    with (
        httpx.Client(base_url=f"{url}/api/v1/workspaces/main/", headers=headers, timeout=20) as client,
        httpx.Client(base_url=f"{url}/mlflow/main/", headers=headers, timeout=20) as mlflow,
    ):
        runs = [_run(client, f"run {number}", lr=0.1 / (number + 1)) for number in range(3)]
        found = [
            *_of_runs(runs),
            *_of_models(client, runs[0]),
            *_of_webhooks(client),
            *_of_secrets(client),
            *_of_data(client),
            *_of_traces(mlflow, runs[0]),
            *_of_logged_models(mlflow, runs[0]),
            *_of_reports(client, runs),
            *_of_endpoints(client),
            *_of_batch(client, runs[0]),
            *_of_devices(client),
            *full_pipelines.pages(client),
            *_of_trash(client),
        ]
    return [f"/w/main/{page}" for page in found]


def empty_pages(url: str, token: str) -> list[str]:
    """A workspace without anything, and its pages."""
    client = httpx.Client(base_url=f"{url}/api/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=20)
    client.post("workspaces", json={"slug": "bare", "name": "Bare"}).raise_for_status()
    rest = [
        "charts/",
        "compare/",
        "storage/",
        "storage/trash/",
        "storage/receipts/",
        "webhooks/",
        "secrets/",
        "connections/",
        "endpoints/",
        "endpoints/new/",
        "batch-endpoints/",
        "devices/",
        "pipelines/",
        "pipeline-endpoints/",
        "schedules/",
        "components/",
    ]
    lists = ["", "experiments/", "runs/", "reports/", "reports/new/", "traces/", "models/", "data/", "data/new/"]
    return [f"/w/bare/{page}" for page in [*lists, *rest]]


def _run(client: httpx.Client, name: str, **params: Any) -> str:
    """A completed run with a curve, a single value, an image, a table and a model's folder."""
    body = {"experiment": "vision/full", "name": name, "params": params, "tags": {"team": "vision"}}
    run_id = client.post("runs/start", json=body).raise_for_status().json()["id"]
    points = [{"key": "val/loss", "step": step, "value": 1 / (step + 1)} for step in range(20)]
    points.append({"key": "test/acc", "step": 0, "value": params["lr"]})
    timed = [{**point, "time_ms": 1_800_000_000_000 + point["step"]} for point in points]
    client.post(f"runs/{run_id}/ingest", json={"writer": "test", "seq": 0, "metrics": timed}).raise_for_status()
    table = {"atelier": "table/1", **_media.table_of({"name": ["b", "a"], "loss": [1, 7]})}
    files = {
        "media/images/val/samples/0.png": _png.of_array(np.full((8, 8, 3), 0.5)),
        "media/tables/worst/0.json": json.dumps(table).encode(),
        "model/MLmodel": MLMODEL.encode(),
        "model/weights.bin": b"\0" * 100,
    }
    for path, data in files.items():
        client.put(f"runs/{run_id}/artifacts/{path}", content=data).raise_for_status()
    client.post(f"runs/{run_id}/finish", json={"state": "completed"}).raise_for_status()
    return run_id


def _of_runs(runs: list[str]) -> list[str]:
    ids = ",".join(runs)
    compared = [f"compare/?ids={ids}&view={view}" for view in ("charts", "why")]
    experiment = "experiments/vision/full/"
    filtered = ["runs/?q=params.lr > 900", "runs/?q=params.lr > 0 AND tags.team = 'vision'"]
    return [f"charts/?ids={ids}", *compared, f"{experiment}?pane=charts", f"{experiment}?pane=split", *filtered]


def _of_models(client: httpx.Client, run: str) -> list[str]:
    values = {"source": f"runs:/{run}/model", "tags": {"ok": "yes"}, "aliases": ["champion"], "description": "**Good**"}
    for name in ("digits", LONG):
        client.post("models", json={"name": name, "tags": {"team": "vision"}}).raise_for_status()
        client.post(f"models/{name}/versions", json=values).raise_for_status()
    client.post("models", json={"name": "no versions"}).raise_for_status()
    client.patch("models/digits/versions/1", json={"stage": "Production"}).raise_for_status()
    one = [f"models/{name}/" for name in ("digits", LONG, "no versions")]
    versions = [f"models/{name}/versions/1/" for name in ("digits", LONG)]
    filters = ["models/?filter=name = 'nothing'", "models/?filter=name LIKE 'dig%25'", "models/?filter=name ="]
    return ["models/", *filters, *one, *versions, "register-model/"]


def _of_endpoints(client: httpx.Client) -> list[str]:
    """An endpoint whose deployment is on its way (or there, or failed: all three have their pages), and one by token."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("score.py", "def init():\n    pass\n\n\ndef run(data):\n    return data\n")
    digest = hashlib.sha256(raw.getvalue()).hexdigest()
    client.put(f"folders/{digest}", content=raw.getvalue()).raise_for_status()
    for name, mode in (("scores", "key"), ("tokens", "aml_token")):
        client.post("endpoints", json={"name": name, "auth_mode": mode, "tags": {"team": "vision"}}).raise_for_status()
    code = {"code": digest, "scoring_script": "score.py"}
    for name in ("blue", "green"):
        body = {"code_configuration": code, "deployer": "local", "all_traffic": name == "blue"}
        client.put(f"endpoints/scores/deployments/{name}", json=body).raise_for_status()
    tabs = ["", "test/", "metrics/", "monitoring/", "logs/", "keys/", "lineage/", "deploy/", "deployments/blue/"]
    return [
        "endpoints/",
        "endpoints/?q=nothing",
        *(f"endpoints/scores/{tab}" for tab in tabs),
        "endpoints/tokens/keys/",
    ]


def _of_devices(client: httpx.Client) -> list[str]:
    """A device that has enrolled and told how busy it is; it runs nothing, for there is no image here."""
    made = client.post("devices", json={"name": "press-3", "description": "By the window"}).raise_for_status().json()
    agents = str(client.base_url).partition("/workspaces/")[0] + "/edge"
    facts = {"host": "press-3.local", "os": "Debian 13", "architecture": "amd64", "cpus": 4}
    asked = {"code": made["code"]["code"], "facts": facts}
    token = httpx.post(f"{agents}/enroll", json=asked, trust_env=False).raise_for_status().json()["token"]
    figures = {"cpu": 31.0, "memory": 4e9, "memory_total": 8e9, "disk": 5e10, "disk_total": 6e10}
    said = {"revision": 1, "facts": facts, "telemetry": figures, "events": [{"kind": "AgentStarted"}]}
    bearer = {"Authorization": f"Bearer {token}"}
    httpx.post(f"{agents}/report", json=said, headers=bearer, trust_env=False).raise_for_status()
    return ["devices/", "devices/press-3/", "devices/deploy/?device=press-3"]


def _of_batch(client: httpx.Client, run: str) -> list[str]:
    """A batch endpoint that has scored one file, or is about to."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("score.py", "def init():\n    pass\n\n\ndef run(mini_batch):\n    return mini_batch\n")
    digest = hashlib.sha256(raw.getvalue()).hexdigest()
    client.put(f"folders/{digest}", content=raw.getvalue()).raise_for_status()
    client.post("batch-endpoints", json={"name": "nightly", "description": "All of it, at night"}).raise_for_status()
    client.put(f"runs/{run}/artifacts/sized/words.txt", content=b"the a an").raise_for_status()
    client.post("models", json={"name": "sized"}).raise_for_status()
    client.post("models/sized/versions", json={"source": f"runs:/{run}/sized"}).raise_for_status()
    code = {"code": digest, "scoring_script": "score.py"}
    body = {"name": "first", "model": "sized:1", "code_configuration": code, "compute": "local"}
    pages = ["batch-endpoints/", "batch-endpoints/new/", "batch-endpoints/nightly/", "batch-endpoints/nightly/deploy/"]
    made = client.post("batch-endpoints/nightly/deployments", json=body).raise_for_status().json()
    asked = {"input": {"type": "uri_file", "path": "azureml://datastores/default/paths/cars.csv"}}
    job = client.post("batch-endpoints/nightly/invoke", json=asked).raise_for_status().json()
    assert job["deployment_name"] == made["name"]
    return [*pages, "batch-endpoints/nightly/invoke/", f"batch-jobs/{job['id']}/"]


def _of_secrets(client: httpx.Client) -> list[str]:
    client.put("secrets/hf-token", json={"value": "s" * 20, "description": "of the hub"}).raise_for_status()
    feed = {"name": "feed", "type": "api_key", "api_base": "https://api.example.org/v1", "api_key": "s" * 20}
    client.post("connections", json=feed).raise_for_status()
    connections = ["connections/", "connections/feed/", "connections/feed/edit/", "connections/new"]
    return ["secrets/", "secrets/hf-token/", "secrets/connection:feed/", *connections]


def _of_data(client: httpx.Client) -> list[str]:
    folder = client.post("data-folders", json={"name": "cars"}).raise_for_status().json()
    content = b"make,price\nvolvo,100\nsaab,200\n"
    body = {"path": f"{folder['path']}/cars.csv", "size": len(content)}
    upload = client.post(f"datastores/{folder['datastore']}/uploads", json=body).raise_for_status().json()
    client.put(f"uploads/{upload['id']}/parts/1", content=content).raise_for_status()
    client.post(f"uploads/{upload['id']}/complete", json={}).raise_for_status()
    made = {"name": "cars", "type": "uri_file", "folder": folder["path"], "tags": {"team": "vision"}}
    client.post("data", json=made).raise_for_status()
    version = "data/cars/versions/1/"
    return ["data/", "data/?q=nothing", "data/new/", version, f"{version}lineage/", f"{version}consume/"]


def _of_webhooks(client: httpx.Client) -> list[str]:
    body = {
        "name": "ci",
        "url": "https://ci.example.org/hook",
        "events": ["registered_model.created"],
        "secret": "s" * 20,
    }
    hook = client.post("webhooks", json=body).raise_for_status().json()["id"]
    client.post("models", json={"name": "announced"}).raise_for_status()
    return ["webhooks/", f"webhooks/{hook}/", "settings/"]


def _of_traces(mlflow: httpx.Client, run: str) -> list[str]:
    begin = 1_800_000_000_000_000_000
    spans = [
        {
            "traceId": "ab" * 16,
            "spanId": f"{number:02}" * 8,
            "parentSpanId": "" if number == 1 else "01" * 8,
            "name": "answer" if number == 1 else f"a tool with a long name, call {number}",
            "startTimeUnixNano": str(begin + number * 1_000_000),
            "endTimeUnixNano": str(begin + number * 9_000_000),
            "status": {"code": 2, "message": "no such order"} if number == 3 else {},
        }
        for number in range(1, 9)
    ]
    headers = {"x-atelier-experiment": "nlp/assistant", "x-mlflow-run-id": run}
    body = {"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}
    mlflow.post("v1/traces", json=body, headers=headers).raise_for_status()
    trace = f"traces/tr-{'ab' * 16}/"
    filters = ["traces/?experiment=nlp/assistant", "traces/?q=name = 'nothing'", "traces/?q=name ="]
    return ["traces/", *filters, trace, f"{trace}?span={'03' * 8}", f"runs/{run}/traces/"]


def _of_logged_models(mlflow: httpx.Client, run: str) -> list[str]:
    at = "api/2.0/mlflow"
    experiment = (
        mlflow.get(f"{at}/runs/get", params={"run_id": run}).raise_for_status().json()["run"]["info"]["experiment_id"]
    )
    body = {
        "experiment_id": experiment,
        "name": "classifier",
        "source_run_id": run,
        "params": [{"key": "C", "value": "1.0"}],
        "tags": [{"key": "kind", "value": "baseline"}],
    }
    model = mlflow.post(f"{at}/logged-models", json=body).raise_for_status().json()["model"]["info"]["model_id"]
    metric = {"run_id": run, "key": "acc", "value": 0.9, "timestamp": 1_800_000_000_000, "step": 0, "model_id": model}
    mlflow.post(f"{at}/runs/log-metric", json=metric).raise_for_status()
    mlflow.patch(
        f"{at}/logged-models/{model}", json={"model_id": model, "status": "LOGGED_MODEL_READY"}
    ).raise_for_status()
    return [f"logged-models/{model}/", f"runs/{run}/overview/", f"runs/{run}/artifacts/"]


def _of_reports(client: httpx.Client, runs: list[str]) -> list[str]:
    body = {"title": "What we learned", "body": REPORT % ", ".join(runs), "publish": True}
    report = client.post("reports", json=body).raise_for_status().json()["id"]
    client.patch(f"reports/{report}", json={"body": f"{body['body']}\nMore.\n"}).raise_for_status()
    client.post("reports", json={"title": LONG}).raise_for_status()
    one = f"reports/{report}/"
    return ["reports/", "reports/new/", one, f"{one}edit/", f"{one}versions/1/"]


def _of_trash(client: httpx.Client) -> list[str]:
    gone, kept = (_run(client, name, lr=1) for name in ("gone for good", "in the trash"))
    for run in (gone, kept):
        client.delete(f"runs/{run}").raise_for_status()
    receipt = client.post("trash/purge", json={"runs": [gone]}).raise_for_status().json()["id"]
    ends_at = time.monotonic() + 20
    while client.get(f"trash/receipts/{receipt}").json()["state"] != "done" and time.monotonic() < ends_at:
        time.sleep(0.2)
    return ["storage/", "storage/trash/", "storage/receipts/", f"storage/receipts/{receipt}/", f"runs/{kept}/overview/"]
