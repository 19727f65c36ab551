"""`atelier pipeline …`, `atelier pipeline-endpoint …`"""

from __future__ import annotations

import argparse
import json
from itertools import islice
from pathlib import Path
from typing import Any

from atelier import _errors
from atelier._cli import output, session
from atelier._pipelines.drafts import PipelineEndpoints, Pipelines

COLUMNS = (("ID", "id"), ("NAME", "name"), ("STEPS", "nodes"), ("VERSIONS", "versions"), ("LAST RUN", "last"), ("CHANGED", "changed"), ("BY", "updated_by"))  # fmt: skip
VERSION_COLUMNS = (("VERSION", "number"), ("NAME", "name"), ("STEPS", "nodes"), ("NOTE", "note"), ("KEPT", "kept"), ("BY", "created_by"))  # fmt: skip
ENDPOINT_COLUMNS = (("NAME", "name"), ("ON", "is_enabled"), ("ANSWERS WITH", "default_version"), ("VERSIONS", "versions"), ("DESCRIPTION", "description"))  # fmt: skip
RUN_COLUMNS = (("RUN", "id"), ("NAME", "name"), ("STATE", "state"), ("STARTED", "started"), ("INPUTS", "given"))


def list_pipelines(options: argparse.Namespace) -> None:
    """Lists pipelines."""
    rows = list(islice(_of(options).search(options.query), options.limit))
    shown = (
        {**row, "last": (row["last_run"] or {}).get("state"), "changed": output.ago(row["updated_at"])} for row in rows
    )
    output.rows(options, rows, COLUMNS, empty="There are no pipelines yet.", shown=shown)


def show(options: argparse.Namespace) -> None:
    """Shows a pipeline."""
    output.record(options, _of(options).get(options.pipeline))


def create(options: argparse.Namespace) -> None:
    """Makes a pipeline."""
    if options.file and options.sample:
        raise _errors.UsageError("Give a file or a sample, not both.")
    text, file_name = "", "pipeline.yml"
    if options.file:
        path = Path(options.file)
        try:
            text, file_name = path.read_text("utf-8"), path.name
        except (OSError, UnicodeDecodeError) as error:
            raise _errors.UsageError(f"{path} can't be read: {error}.") from None
    made = _of(options).create(options.name, text=text, file_name=file_name, sample=options.sample)
    output.record(options, made, ("id", "name", "nodes", "url"))


def export(options: argparse.Namespace) -> None:
    """Prints a pipeline as YAML."""
    text = _of(options).text(options.pipeline, options.version)
    if options.to:
        Path(options.to).write_text(text, "utf-8")
        output.say(f"Wrote {options.to}.")
    else:
        print(text, end="")


def run(options: argparse.Namespace) -> None:
    """Runs a pipeline."""
    asked: dict[str, Any] = {"version": options.version, "experiment": options.experiment}
    if options.force:
        asked["is_forced"] = True
    made = _of(options).run(options.pipeline, _inputs(options.set), **asked)
    output.record(options, made, ("id", "name", "state", "url"))


def versions(options: argparse.Namespace) -> None:
    """Lists versions."""
    rows = list(islice(_of(options).versions(options.pipeline), options.limit))
    shown = ({**row, "kept": output.ago(row["created_at"])} for row in rows)
    output.rows(options, rows, VERSION_COLUMNS, empty="No version was kept yet.", shown=shown)


def publish(options: argparse.Namespace) -> None:
    """Publishes a version."""
    made = _of(options).publish(options.pipeline, options.name, version=options.version)
    output.record(options, made, ("name", "default_version", "url"))


def make_model(options: argparse.Namespace) -> None:
    """Makes a model of a real-time inference pipeline."""
    made = _of(options).make_model(options.pipeline, options.model, description=options.description)
    output.record(options, made, ("model", "version", "description"))


def delete(options: argparse.Namespace) -> None:
    """Deletes a pipeline."""
    if not options.yes:
        output.ask(f"Delete the pipeline {options.pipeline} with its versions?")
    _of(options).delete(options.pipeline)
    output.say(f"Deleted the pipeline {options.pipeline}.")


def list_endpoints(options: argparse.Namespace) -> None:
    """Lists published pipelines."""
    rows = list(islice(_endpoints(options).search(options.query), options.limit))
    output.rows(options, rows, ENDPOINT_COLUMNS, empty="Nothing is published yet. `atelier pipeline publish` does it.")


def show_endpoint(options: argparse.Namespace) -> None:
    """Shows a published pipeline."""
    output.record(options, _endpoints(options).get(options.name))


def invoke(options: argparse.Namespace) -> None:
    """Starts a run of a published pipeline."""
    asked = {"version": options.version, "experiment": options.experiment}
    made = _endpoints(options).invoke(options.name, _inputs(options.set), **asked)
    output.record(options, made, ("id", "name", "state", "url"))


def endpoint_runs(options: argparse.Namespace) -> None:
    """Lists the runs of a published pipeline."""
    rows = list(islice(_endpoints(options).runs(options.name), options.limit))
    shown = ({**row, "started": output.ago(row["created_at"]), "given": json.dumps(row["inputs"])} for row in rows)
    output.rows(options, rows, RUN_COLUMNS, empty="Nobody has called it yet.", shown=shown)


def update_endpoint(options: argparse.Namespace) -> None:
    """Switches a published pipeline."""
    if options.on and options.off:
        raise _errors.UsageError("Give --on or --off, not both.")
    changes: dict[str, Any] = {"default_version": options.default_version} if options.default_version else {}
    if options.on or options.off:
        changes["is_enabled"] = options.on
    output.record(options, _endpoints(options).update(options.name, **changes))


def delete_endpoint(options: argparse.Namespace) -> None:
    """Deletes a published pipeline."""
    if not options.yes:
        output.ask(f"Delete the published pipeline {options.name}? Its address answers no more.")
    _endpoints(options).delete(options.name)
    output.say(f"Deleted the published pipeline {options.name}.")


def _inputs(pairs: list[str]) -> dict[str, Any]:
    """`inputs.rate=0.1` as `{"rate": 0.1}`: what reads as JSON is of its type, the rest is text."""
    return {name.removeprefix("inputs."): _value(text) for name, text in session.changes(pairs).items()}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _of(options: argparse.Namespace) -> Pipelines:
    return session.workspace(options).pipelines


def _endpoints(options: argparse.Namespace) -> PipelineEndpoints:
    return session.workspace(options).pipeline_endpoints
