"""`atelier experiment …`, `compute …`, `environment …`, `activity …`, `notification …`"""

from __future__ import annotations

import argparse
from itertools import islice

from atelier import _client, _errors
from atelier._cli import output, session

EXPERIMENT_COLUMNS = (("PATH", "path"), ("RUNS", "run_count"), ("LAST RUN", "last"), ("DESCRIPTION", "description"))
COMPUTE_COLUMNS = (
    ("NAME", "name"),
    ("KIND", "kind"),
    ("STATE", "state"),
    ("SLOTS", "slots"),
    ("BUSY", "busy"),
    ("QUEUED", "queued"),
)
ACTIVITY_COLUMNS = (
    ("ID", "id"),
    ("KIND", "kind"),
    ("TITLE", "title"),
    ("STATE", "state"),
    ("PROGRESS", "progress"),
    ("STARTED", "started"),
    ("BY", "by"),
)
NOTIFICATION_COLUMNS = (("ID", "id"), ("", "mark"), ("WORKSPACE", "workspace"), ("TEXT", "text"), ("WHEN", "when"))


def experiments(options: argparse.Namespace) -> None:
    """Lists experiments."""
    rows = [vars(item) for item in session.workspace(options).experiments(archived=options.archived or None)]
    shown = ({**row, "last": output.ago(row["last_run_at"])} for row in rows)
    output.rows(
        options, rows, EXPERIMENT_COLUMNS, empty="There are no experiments yet. The first run makes one.", shown=shown
    )


def show_experiment(options: argparse.Namespace) -> None:
    """Shows an experiment."""
    output.record(options, vars(session.workspace(options).experiment(options.path)))


def create_experiment(options: argparse.Namespace) -> None:
    """Creates an experiment."""
    output.record(options, vars(session.workspace(options).create_experiment(options.path, options.description)))


def edit_experiment(options: argparse.Namespace) -> None:
    """Changes what is said of an experiment."""
    output.record(
        options, vars(session.workspace(options).update_experiment(options.path, description=options.description))
    )


def archive_experiment(options: argparse.Namespace) -> None:
    """Hides an experiment from lists."""
    output.record(options, vars(session.workspace(options).archive_experiment(options.path)))


def compute_targets(options: argparse.Namespace) -> None:
    """Lists compute targets."""
    rows = session.workspace(options).compute()
    output.rows(options, rows, COMPUTE_COLUMNS, empty="There are no compute targets.")


def show_compute(options: argparse.Namespace) -> None:
    """Shows a compute target."""
    output.record(options, session.workspace(options).client.get(f"compute/{_client.segment(options.name)}"))


def activities(options: argparse.Namespace) -> None:
    """Lists long operations."""
    rows = session.workspace(options).activities(options.limit)
    shown = (
        {**row, "started": output.ago(row.get("created_at")), "by": (row.get("actor") or {}).get("name")}
        for row in rows
    )
    output.rows(options, rows, ACTIVITY_COLUMNS, empty="Nothing has happened yet.", shown=shown)


def notifications(options: argparse.Namespace) -> None:
    """Lists notifications."""
    rows = list(islice(session.client(options).pages("/notifications"), options.limit))
    shown = (
        {
            **row,
            "mark": "" if row.get("read_at") else "new",
            "when": output.ago(row.get("created_at")),
        }
        for row in rows
    )
    output.rows(options, rows, NOTIFICATION_COLUMNS, empty="There are no notifications.", shown=shown)


def read_notifications(options: argparse.Namespace) -> None:
    """Marks notifications as read."""
    if not options.ids and not options.all:
        raise _errors.UsageError("Name notifications by their numbers, or give --all.")
    session.client(options).post("/notifications/read", {} if options.all else {"ids": options.ids})
    output.say("Marked as read.")
