"""`atelier logged-model …`"""

from __future__ import annotations

import argparse
from typing import Any

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


def list_models(options: argparse.Namespace) -> None:
    """Lists logged models."""
    found = session.workspace(options).logged_models.search(
        options.filter, run=options.run, experiment=options.experiment, order_by=options.order_by, limit=options.limit
    )
    rows = list(found)
    output.rows(
        options,
        rows,
        COLUMNS,
        empty="There are no such models. mlflow.<flavor>.log_model() makes one.",
        shown=map(_row, rows),
    )


def show(options: argparse.Namespace) -> None:
    """Shows a logged model."""
    models = session.workspace(options).logged_models
    model = models.get(options.model)
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
    files = models.files(options.model)
    if files:
        print()
        output.table(files, (("FILE", "path"), ("SIZE", "size"), ("TYPE", "content_type")), empty="")


def download(options: argparse.Namespace) -> None:
    """Saves the files of a logged model."""
    folder = options.to or options.model
    saved = session.workspace(options).logged_models.download(options.model, folder)
    output.saved(options, saved, folder)


def _row(model: dict[str, Any]) -> dict[str, Any]:
    return {**model, "made": output.ago(model["created_at"])}
