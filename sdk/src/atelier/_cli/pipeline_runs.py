"""`atelier pipeline-run …`"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from atelier._cli import output, session
from atelier._pipelines.runs import PipelineRuns

STEPS = (
    ("STEP", "path"),
    ("STATE", "shown"),
    ("COMPONENT", "component"),
    ("TOOK", "took"),
    ("RUN", "run_id"),
    ("NOTE", "note"),
)
DIFFERENCES = (("STEP", "path"), ("CHANGE", "change"), ("BEFORE", "before"), ("AFTER", "after"), ("WHAT", "what"))
NO_STEPS = "It has no steps."


def show(options: argparse.Namespace) -> None:
    """Shows a pipeline's run and its steps."""
    found = _of(options).get(options.run)
    if options.output == "json":
        output.as_json(found)
        return
    counts = ", ".join(f"{count} {state}" for state, count in found["counts"].items())
    output.pairs({name: found[name] for name in ("run_id", "name", "state", "origin", "rerun_of")} | {"steps": counts})
    print()
    output.table(map(_row, found["steps"]), STEPS, empty=NO_STEPS)


def step(options: argparse.Namespace) -> None:
    """Shows one step."""
    steps = _of(options).steps(options.run)
    found = next((one for one in steps if one["path"] == options.step), None)
    if found is None:
        from atelier import _errors

        names = ", ".join(one["path"] for one in steps[:20])
        raise _errors.UsageError(f"There is no step {options.step!r}. The steps are: {names}.")
    shown = ("path", "state", "component", "run_id", "problem", "reuse_note", "inputs", "outputs")
    output.record(options, found, shown)


def result(options: argparse.Namespace) -> None:
    """Shows what went through a wire."""
    runs = _of(options)
    found = runs.output(options.run, options.step, options.port)
    if found["kind"] != "table":
        output.record(options, found, ("kind", "type", "uri", "value", "view", "rounds", "files", "problem"))
        return
    rows = runs.rows(options.run, options.step, options.port, limit=options.limit, where=options.where)
    if options.output == "json":
        output.as_json(rows)
        return
    names = [column["name"] for column in rows["columns"]]
    output.table(
        (dict(zip(names, row)) for row in rows["rows"]), [(name, name) for name in names], empty="There are no rows."
    )


def rerun(options: argparse.Namespace) -> None:
    """Runs it again."""
    runs = _of(options)
    made = runs.rerun(options.run, failed_only=not options.all)
    output.done(options, made, f"{made['run_id']} was started: {runs.address(made['url'])}")


def compare(options: argparse.Namespace) -> None:
    """Says what differs between two runs."""
    found = _of(options).compare(options.before, options.after)
    if options.output == "json":
        output.as_json(found)
        return
    rows = [_difference(one) for one in found["steps"] if one["change"] != "same"]
    output.table(rows, DIFFERENCES, empty="Nothing differs: the same steps with the same components and inputs.")


def inference(options: argparse.Namespace) -> None:
    """Makes an inference pipeline."""
    runs = _of(options)
    made = runs.make_inference(options.run, kind=options.kind, node=options.node, name=options.name)
    output.done(options, made, f"{made['name']} is there: {runs.address(made['url'])}")


def _of(options: argparse.Namespace) -> PipelineRuns:
    return session.workspace(options).pipeline_runs


def _row(step: Mapping[str, Any]) -> dict[str, Any]:
    is_reused = step["reused_run_id"] is not None
    return {
        **step,
        "shown": "reused" if is_reused else step["state"],
        "took": "" if is_reused else output.duration(_seconds(step)),
        "run_id": step["reused_run_id"] or step["run_id"] or "",
        "note": step["problem"] or step["reuse_note"],
    }


def _seconds(step: Mapping[str, Any]) -> float | None:
    if not step["started_at"] or not step["ended_at"]:
        return None
    began, ended = (datetime.fromisoformat(step[name].replace("Z", "+00:00")) for name in ("started_at", "ended_at"))
    return (ended - began).total_seconds()


def _difference(one: Mapping[str, Any]) -> dict[str, Any]:
    what = "; ".join(f"{field['name']}: {field['before']} → {field['after']}" for field in one["fields"])
    sides = {side: one[side]["state"] if one[side] else "–" for side in ("before", "after")}
    return {"path": one["path"], "change": one["change"], "what": what, **sides}
