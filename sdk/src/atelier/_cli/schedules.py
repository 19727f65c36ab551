"""`atelier schedule …`"""

from __future__ import annotations

import argparse
from datetime import datetime, timezone
from itertools import islice
from typing import Any

from atelier import _errors, _schedules
from atelier._cli import output, session

COLUMNS = (("NAME", "name"), ("WHEN", "words"), ("ZONE", "time_zone"), ("NEXT", "next_at"), ("PAUSED", "is_paused"), ("OWNER", "owner"))  # fmt: skip
FIRING_COLUMNS = (("DUE", "due_at"), ("CAME OF IT", "outcome"), ("RUN", "started"), ("PROBLEM", "problem"))


def create(options: argparse.Namespace) -> None:
    """Makes a schedule of a file."""
    made = _of(options).create_from(options.file)
    output.record(options, made, ("name", "words", "time_zone", "next_at", "url"))


def list_schedules(options: argparse.Namespace) -> None:
    """Lists schedules."""
    rows = list(islice(_of(options).search(options.query), options.limit))
    output.rows(options, rows, COLUMNS, empty="There are no schedules yet. `atelier schedule create` makes one.")


def show(options: argparse.Namespace) -> None:
    """Shows a schedule."""
    output.record(options, _of(options).get(options.name))


def firings(options: argparse.Namespace) -> None:
    """Lists firings."""
    rows = list(islice(_of(options).firings(options.name), options.limit))
    output.rows(options, rows, FIRING_COLUMNS, empty="It has not fired yet.", shown=map(_row, rows))


def pause(options: argparse.Namespace) -> None:
    """Pauses a schedule."""
    output.done(options, _of(options).pause(options.name), f"{options.name} rests.")


def resume(options: argparse.Namespace) -> None:
    """Resumes a schedule."""
    found = _of(options).resume(options.name)
    output.done(options, found, f"{options.name} goes on; next: {found['next_at'] or 'when something happens'}.")


def fire(options: argparse.Namespace) -> int:
    """Fires a schedule; the exit code says whether a run was made."""
    fired = _of(options).fire(options.name)
    output.record(options, {**fired, "run": (fired["run"] or {}).get("url")}, ("state", "run", "problem"))
    return 0 if fired["state"] == "started" else 1


def backfill(options: argparse.Namespace) -> None:
    """Fills up missed times."""
    made = _of(options).backfill(options.name, _moment(options.since), _moment(options.until))
    output.done(options, made, f"{output.many(len(made), 'missed time')} will be run.")


def delete(options: argparse.Namespace) -> None:
    """Deletes a schedule."""
    if not options.yes:
        output.ask(f"Delete the schedule {options.name}?")
    _of(options).delete(options.name)
    output.say(f"Deleted the schedule {options.name}.")


def _row(firing: dict[str, Any]) -> dict[str, Any]:
    run = firing["run"] or {}
    return {**firing, "outcome": run.get("state") or firing["state"], "started": run.get("id")}


def _moment(text: str) -> str:
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise _errors.UsageError(f"{text!r} is no time: write 2026-03-01 or 2026-03-01T09:30:00+01:00.") from None
    return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).isoformat()


def _of(options: argparse.Namespace) -> _schedules.Schedules:
    return session.workspace(options).schedules
