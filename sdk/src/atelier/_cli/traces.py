"""`atelier trace …`"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

from atelier._cli import output, session

COLUMNS = (
    ("ID", "id"),
    ("NAME", "name"),
    ("STATE", "state"),
    ("TOOK", "took"),
    ("TOKENS", "total"),
    ("STARTED", "started"),
    ("REQUEST", "request"),
)
REQUEST_LENGTH = 60
NANOSECONDS = 1_000_000_000


def list_traces(options: argparse.Namespace) -> None:
    """Lists traces."""
    found = session.workspace(options).traces(
        filter=options.filter, experiment=options.experiment, run=options.run, sort=options.sort, limit=options.limit
    )
    rows = list(found)
    output.rows(options, rows, COLUMNS, empty="There are no such traces.", shown=map(_row, rows))


def show(options: argparse.Namespace) -> None:
    """Shows a trace."""
    trace = session.workspace(options).trace(options.trace)
    if options.output == "json":
        output.as_json(trace)
        return
    kept = ("id", "name", "experiment", "run", "session", "tokens", "tags", "request_preview", "response_preview")
    output.pairs({**{name.replace("_preview", ""): trace[name] for name in kept}, **_row(trace, short=False)})
    print()
    output.table(
        _tree(trace["spans"]),
        (("STEP", "step"), ("TYPE", "type"), ("STATUS", "status"), ("TOOK", "took")),
        empty="It has no steps yet.",
    )
    told = [one for one in trace["assessments"] if one["is_valid"]]
    if told:
        print()
        output.table(
            told, (("ASSESSMENT", "name"), ("VALUE", "value"), ("BY", "source_id"), ("WHY", "rationale")), empty=""
        )


def assess(options: argparse.Namespace) -> None:
    """Says something of a trace."""
    said = session.workspace(options).assess_trace(
        options.trace,
        options.name,
        _value(options.value),
        kind="expectation" if options.expectation else "feedback",
        rationale=options.why,
        span_id=options.span,
    )
    output.done(options, said, f"{said['name']} is {output.cell(said['value'])} now.")


def tag(options: argparse.Namespace) -> None:
    """Sets or removes tags."""
    trace = session.workspace(options).tag_trace(options.trace, session.tags(options))
    output.record(options, trace if options.output == "json" else trace["tags"])


def delete(options: argparse.Namespace) -> None:
    """Deletes traces."""
    if not options.yes:
        output.ask(f"Delete {output.many(len(options.traces), 'trace')} for good?")
    deleted = session.workspace(options).delete_traces(options.traces)
    print(f"{output.many(deleted, 'trace')} deleted.")


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _row(trace: Mapping[str, Any], *, short: bool = True) -> dict[str, Any]:
    shown = {
        "state": trace["state"].lower().replace("_", " "),
        "took": None if trace["duration_ms"] is None else output.duration(trace["duration_ms"] / 1000),
        "started": output.ago(trace["started_at"]),
    }
    if not short:
        return shown
    request = output.cell(trace["request_preview"])
    if len(request) > REQUEST_LENGTH:
        request = f"{request[: REQUEST_LENGTH - 1]}…"
    return {
        **shown,
        "id": trace["id"],
        "name": trace["name"],
        "total": trace["tokens"].get("total"),
        "request": request,
    }


def _tree(spans: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The steps below the one they belong to, two blanks further in; each once, whatever their parents say."""
    known = {span["id"] for span in spans}
    below: dict[str, list[Mapping[str, Any]]] = {}
    for span in spans:
        below.setdefault(span["parent_id"] if span["parent_id"] in known else "", []).append(span)
    rows, seen, waiting = [], set(), [(span, 0) for span in reversed(below.get("", []))]
    while waiting:
        span, depth = waiting.pop()
        if span["id"] in seen:
            continue
        seen.add(span["id"])
        took = None if span["end_ns"] is None else output.duration((span["end_ns"] - span["start_ns"]) / NANOSECONDS)
        rows.append({**span, "step": f"{'  ' * depth}{output.cell(span['name'])}", "took": took})
        waiting += [(child, depth + 1) for child in reversed(below.get(span["id"], []))]
    return rows
