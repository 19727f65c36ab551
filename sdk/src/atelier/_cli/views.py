"""`atelier view …`, `atelier run change` and `atelier run export`"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from atelier import _errors, _views
from atelier._cli import output, session

COLUMNS = (
    ("ID", "id"),
    ("NAME", "name"),
    ("FOR", "scope"),
    ("EXPERIMENT", "experiment"),
    ("DEFAULT", "default"),
    ("BY", "owner"),
)


def list_views(options: argparse.Namespace) -> None:
    """Lists saved views."""
    rows = list(_of(options).search(options.experiment))
    shown = (
        {**row, "experiment": row["experiment"] or "", "default": "yes" if row["is_default"] else ""} for row in rows
    )
    output.rows(options, rows, COLUMNS, empty="No views are kept here yet.", shown=shown)


def show(options: argparse.Namespace) -> None:
    """Prints a view whole."""
    output.as_json(_of(options).get(options.view))


def save(options: argparse.Namespace) -> None:
    """Keeps a view of a state, a filter and columns."""
    state = _state(options.state) if options.state else {}
    if options.filter is not None:
        state["filter"] = options.filter
    if options.column:
        state["columns"] = [{"column": name} for name in options.column]
    made = _of(options).create(
        options.name,
        state,
        experiment=options.experiment,
        scope="team" if options.team else "personal",
        is_default=options.default,
    )
    _print(made, options)


def edit(options: argparse.Namespace) -> None:
    """Changes a view."""
    changed = _of(options).update(
        options.view,
        name=options.name,
        state=_state(options.state) if options.state else None,
        scope=options.share,
        is_default=None if options.default is None else options.default == "yes",
    )
    _print(changed, options)


def delete(options: argparse.Namespace) -> None:
    """Deletes a view."""
    _of(options).delete(options.view)
    output.say(f"Deleted the view {options.view}.")


def export(options: argparse.Namespace) -> None:
    """Saves the runs a view shows."""
    print(_of(options).export(options.view, options.to))


def export_table(options: argparse.Namespace) -> None:
    """Saves the table of all runs that match."""
    print(
        session.workspace(options).export_runs(
            options.to,
            columns=options.column,
            filter=options.filter or "",
            experiment=options.experiment,
            order=options.order,
        )
    )


def change(options: argparse.Namespace) -> None:
    """Changes all runs a filter finds."""
    answer = session.workspace(options).change_runs(
        options.action,
        filter=options.filter,
        experiment=options.experiment,
        tags=session.changes(options.tag),
        to=options.to or "",
    )
    if options.output == "json":
        output.as_json(answer)
    elif "change" in answer:
        print(f"{answer['total']} runs are being changed in the background (change {answer['change']}).")
    else:
        print(f"{len(answer['changed'])} changed, {len(answer['refused'])} left as they are.")
        for item in answer["refused"]:
            print(f"{item['id']}: {item['reason']}")


def _of(options: argparse.Namespace) -> _views.Views:
    return session.workspace(options).views


def _state(name: str) -> dict[str, Any]:
    """The state in a file: what `atelier view show` prints, or its part `state`."""
    try:
        found = json.loads(Path(name).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _errors.UsageError(f"{name} can't be read as JSON: {error}.") from error
    if not isinstance(found, dict):
        raise _errors.UsageError(f"{name} holds no object. `atelier view show VIEW` prints one.")
    inner = found.get("state", found)
    return dict(inner) if isinstance(inner, dict) else {}


def _print(view: dict[str, Any], options: argparse.Namespace) -> None:
    output.record(options, view, ("id", "name", "scope", "experiment", "is_default", "url"))
