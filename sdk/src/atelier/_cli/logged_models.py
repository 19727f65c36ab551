"""`atelier logged-model …`"""

from __future__ import annotations

import argparse
from itertools import islice
from typing import Any

from atelier import _client
from atelier._cli import output, session

COLUMNS = (
    ("ID", "id"),
    ("NAME", "name"),
    ("STATE", "state"),
    ("TYPE", "model_type"),
    ("EXPERIMENT", "experiment"),
    ("RUN", "source_run"),
    ("MADE", "made"),
)
METRICS = (("METRIC", "key"), ("VALUE", "value"), ("STEP", "step"), ("DATASET", "dataset_name"), ("RUN", "run_id"))
PAGE = 200


def list_models(options: argparse.Namespace) -> None:
    """Lists logged models."""
    space = session.workspace(options)
    query: dict[str, Any] = {"run": options.run, "limit": min(options.limit, PAGE)}
    if options.experiment:
        query["experiment"] = space.experiment(options.experiment).id
    rows = list(islice(space.client.pages("logged-models", query), options.limit))
    if options.output == "json":
        output.as_json(rows)
        return
    output.table(map(_row, rows), COLUMNS, empty="There are no such models. mlflow.<flavor>.log_model() makes one.")


def show(options: argparse.Namespace) -> None:
    """Shows a logged model."""
    address = f"logged-models/{_client.segment(options.model)}"
    client = session.workspace(options).client
    model = client.get(address)
    if options.output == "json":
        output.as_json(model)
        return
    found = {
        **_row(model),
        "changed": output.ago(model["updated_at"]),
        "params": model["params"],
        "tags": model["tags"],
    }
    output.pairs({name: value for name, value in found.items() if name not in ("created_at", "updated_at", "metrics")})
    if model["metrics"]:
        print()
        output.table(model["metrics"], METRICS, empty="")
    files = client.get(f"{address}/files")["results"]
    if files:
        print()
        output.table(files, (("FILE", "path"), ("SIZE", "size"), ("TYPE", "content_type")), empty="")


def _row(model: dict[str, Any]) -> dict[str, Any]:
    return {**model, "made": output.ago(model["created_at"])}
