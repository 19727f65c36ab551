"""`atelier dataflow …`"""

from __future__ import annotations

import argparse
import os
from itertools import islice
from pathlib import Path

from atelier import _errors
from atelier._cli import output, runs, session
from atelier._data import flows

COLUMNS = (("NAME", "name"), ("SOURCE", "source"), ("STEPS", "steps"), ("VERSION", "last_version"), ("UPDATED", "when"))
STEP_COLUMNS = (("#", "number"), ("STEP", "sentence"), ("ON", "enabled"), ("NOTE", "note"))


def list_flows(options: argparse.Namespace) -> None:
    """Lists dataflows."""
    rows = [flow.data for flow in islice(_of(options).list(), options.limit)]
    shown = ({**row, "when": output.ago(row["updated_at"])} for row in rows)
    output.rows(options, rows, COLUMNS, empty="There are no dataflows yet.", shown=shown)


def show(options: argparse.Namespace) -> None:
    """Shows the steps of a flow."""
    flow = _of(options)[options.name]
    recipe = flow.recipe(options.version)
    if options.output == "json":
        output.as_json({**flow.data, "recipe": recipe.to_dict()})
        return
    output.pairs({**flow.data, "source": recipe.source, "steps": None})
    lines = (
        {"number": number, "sentence": step.sentence, "enabled": step.enabled, "note": step.note}
        for number, step in enumerate(recipe.steps, start=1)
    )
    output.table(lines, STEP_COLUMNS, empty="It has no steps yet.")


def run(options: argparse.Namespace) -> int | None:
    """Runs a flow as a job."""
    flow = _of(options)[options.name]
    return runs.announce(flow.run(options.asset, options.version, compute=options.compute), options, "Submitted")


def code(options: argparse.Namespace) -> None:
    """Prints a flow as a program."""
    text = _of(options)[options.name].code(options.library, options.version)
    if options.output == "json":
        output.as_json({"to": options.library, "code": text})
    else:
        print(text)


def download(options: argparse.Namespace) -> None:
    """Prepares the data here and saves the result, whole or not at all."""
    target = Path(options.to or f"{options.name}.parquet")
    if target.suffix not in (".parquet", ".csv"):
        raise _errors.UsageError("The result is saved as .parquet or .csv.")
    frame = _of(options)[options.name].to_polars(options.version)
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        frame.write_parquet(partial) if target.suffix == ".parquet" else frame.write_csv(partial)
        partial.replace(target)
    except OSError as error:
        raise _errors.UsageError(f"{target} cannot be written: {error}.") from error
    finally:
        partial.unlink(missing_ok=True)
    output.done(options, [str(target)], f"{output.many(frame.height, 'row')} saved to {target}.")


def _of(options: argparse.Namespace) -> flows.Dataflows:
    return session.workspace(options).dataflows
