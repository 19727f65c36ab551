"""`atelier view …` and `atelier run change`"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from atelier import _client, _errors
from atelier._cli import output, session

COLUMNS = (("ID", "id"), ("NAME", "name"), ("FOR", "scope"), ("EXPERIMENT", "experiment"), ("BY", "owner"))
FORMATS = {".csv": "csv", ".json": "json", ".parquet": "parquet"}
QUESTION = ("filter", "archived", "order", "group", "tree")
PATIENCE = 600.0  # seconds for an export of very many runs


def list_views(options: argparse.Namespace) -> None:
    """Lists saved views."""
    rows = list(session.workspace(options).client.pages("views"))
    if options.output == "json":
        output.as_json(rows)
        return
    shown = ({**row, "experiment": row["experiment"] or ""} for row in rows)
    output.table(shown, COLUMNS, empty="No views are kept here yet.")


def show(options: argparse.Namespace) -> None:
    """Prints a view whole."""
    output.as_json(session.workspace(options).client.get(f"views/{_client.segment(options.view)}"))


def export(options: argparse.Namespace) -> None:
    """Saves the runs a view shows."""
    target = Path(options.to)
    if target.suffix not in FORMATS:
        raise _errors.UsageError(f"{target.name} is none of .csv, .json and .parquet.")
    client = session.workspace(options).client
    view = client.get(f"views/{_client.segment(options.view)}")
    state = view["state"]
    question = {name: state[name] for name in QUESTION if name in state}
    columns = [one["column"] for one in state.get("columns", [])]
    body = {
        "query": {**question, "experiment": view["experiment"] or ""},
        "columns": columns,
        "format": FORMATS[target.suffix],
    }
    target.write_bytes(client.request("POST", "grid/export", body=body, timeout=PATIENCE).content)
    print(target)


def change(options: argparse.Namespace) -> None:
    """Changes all runs a filter finds."""
    body: dict[str, Any] = {"filter": options.filter, "action": options.action, "experiment": options.experiment or ""}
    if options.tag:
        body["tags"] = dict(_tag(text) for text in options.tag)
    if options.to:
        body["to"] = options.to
    answer = session.workspace(options).client.post("runs/bulk", body)
    if options.output == "json":
        output.as_json(answer)
    elif "change" in answer:
        print(f"{answer['total']} runs are being changed in the background (change {answer['change']}).")
    else:
        print(f"{len(answer['changed'])} changed, {len(answer['refused'])} left as they are.")
        for item in answer["refused"]:
            print(f"{item['id']}: {item['reason']}")


def _tag(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not name:
        raise _errors.UsageError(f"{text} is no tag: write it as NAME=VALUE.")
    return name, value
