"""`atelier run rm`, `atelier experiment rm`, `atelier purge`, `atelier storage`"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from itertools import islice
from typing import Any

from atelier._cli import output, runs, session

KIND_COLUMNS = (("KIND", "label"), ("WHERE", "where"), ("COUNT", "count"), ("SIZE", "size"))
TRASH_COLUMNS = (
    ("", "what"),
    ("ID", "id"),
    ("NAME", "name"),
    ("EXPERIMENT", "experiment"),
    ("THROWN AWAY", "thrown"),
    ("BY", "deleted_by"),
)
GONE_COLUMNS = (("RUN", "id"), ("NAME", "name"), ("EXPERIMENT", "experiment"), ("FILES", "files"), ("SIZE", "size"))
RECEIPT_COLUMNS = (
    ("NUMBER", "id"),
    ("STATE", "state"),
    ("CAUSE", "cause"),
    ("RUNS", "runs_removed"),
    ("FILES", "files_removed"),
    ("FREED", "freed"),
    ("WHEN", "when"),
    ("BY", "actor"),
)
UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def remove_runs(options: argparse.Namespace) -> int:
    """Puts runs into the trash, or says what that would mean."""
    if options.dry_run:
        _show_preview(session.workspace(options).preview_delete(options.runs), options)
        return 0
    return runs.each(options, lambda run: run.delete(), "is in the trash")


def restore_runs(options: argparse.Namespace) -> int:
    """Brings runs back from the trash and the archive."""
    return runs.each(options, lambda run: run.undelete().restore(), "is back")


def remove_experiment(options: argparse.Namespace) -> None:
    """Puts an experiment into the trash, or says what that would mean."""
    if options.dry_run:
        here = session.workspace(options)
        _show_preview(here.preview_delete(experiments=[here.experiment(options.path).id]), options)
        return
    session.workspace(options).delete_experiment(options.path)
    output.say(f"{options.path} is in the trash.")


def restore_experiment(options: argparse.Namespace) -> None:
    """Brings an experiment back."""
    session.workspace(options).undelete_experiment(options.path)
    output.say(f"{options.path} is back.")


def list_trash(options: argparse.Namespace) -> None:
    """Lists what is in the trash."""
    found = session.workspace(options).trash()
    if options.output == "json":
        output.as_json(found)
        return
    experiments = ({**row, "what": "experiment", "name": row["path"]} for row in found["experiments"])
    runs = ({**row, "what": "run"} for row in found["results"])
    shown = ({**row, "thrown": output.ago(row["deleted_at"])} for row in (*experiments, *runs))
    output.table(shown, TRASH_COLUMNS, empty="The trash is empty.")


def receipts(options: argparse.Namespace) -> None:
    """Lists what was removed for good."""
    rows = list(islice(session.workspace(options).receipts(), options.limit))
    output.rows(options, rows, RECEIPT_COLUMNS, empty="Nothing was removed for good yet.", shown=map(_receipt, rows))


def receipt(options: argparse.Namespace) -> None:
    """Shows a receipt with the runs that went."""
    found = session.workspace(options).receipt(options.number)
    if options.output == "json":
        output.as_json(found)
        return
    shown = _receipt(found)
    names = ("id", "state", "cause", "actor", "when", "runs_removed", "experiments_removed", "files_removed", "freed")
    output.pairs({name.replace("_", " "): shown[name] for name in (*names, "points", "problem", "url")})
    for kept in found["kept"]:
        output.say(f"Kept {kept['kind']}: {kept['count']:,}, {_size(kept['bytes'])}. {kept['why']}")
    if found["runs"]:
        print()
        gone = ({**run, "size": _size(run["bytes"])} for run in found["runs"])
        output.table(gone, GONE_COLUMNS, empty="")


def _receipt(found: Mapping[str, Any]) -> dict[str, Any]:
    return {**found, "freed": _size(found["bytes_freed"]), "when": output.ago(found["created_at"])}


def purge(options: argparse.Namespace) -> None:
    """Removes the trash, or a part of it, for good."""
    here = session.workspace(options)
    preview = here.preview_purge(options.runs)
    if options.dry_run:
        _show_preview(preview, options)
        return
    if not options.yes:
        _show_preview(preview, options)
        output.ask("Remove this for good?")
    receipt = here.purge(options.runs)
    told = f"The removal has begun. Its receipt is number {receipt['id']}, on the storage page."
    output.done(options, receipt, told)


def storage(options: argparse.Namespace) -> None:
    """Shows what the store holds."""
    found = session.workspace(options).storage()
    if options.output == "json":
        output.as_json(found)
        return
    rows = [
        {**kind, "size": _size(kind["bytes"]), "where": "database" if kind["in_database"] else "store"}
        for kind in found["kinds"]
    ]
    output.table(rows, KIND_COLUMNS, empty="Nothing is stored yet.")
    trash = found["trash"]
    output.say(
        f"{_size(found['bytes'])} in {found['objects']:,} stored files. "
        f"In the trash: {trash['runs']:,} runs; removing them frees {_size(trash['preview']['freed_bytes'])}."
    )


def _show_preview(preview: Mapping[str, Any], options: argparse.Namespace) -> None:
    if options.output == "json":
        output.as_json(preview)
        return
    output.pairs(
        {
            "runs": f"{preview['runs']:,}, {preview['children']:,} of them children",
            "experiments": preview["experiments"],
            "files": f"{preview['files']:,}",
            "freed": _size(preview["freed_bytes"]),
            "freed within a day": _size(preview["freed_later_bytes"]),
            "kept, used by others": _size(preview["shared_bytes"]),
            "metric points": f"{preview['points']:,}",
            "logs": _size(preview["log_bytes"]),
        }
    )
    for hold in preview["holds"]:
        output.say(hold["text"])


def _size(value: float) -> str:
    """Bytes for people: 48.2 MB."""
    unit = 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.0f} B" if unit == 0 else f"{value:.1f} {UNITS[unit]}"
