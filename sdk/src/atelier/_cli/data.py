"""`atelier data …`"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from itertools import islice
from typing import Any

from atelier import _errors
from atelier._cli import output, session, transfers
from atelier._cli.datastores import metered
from atelier._data import assets, versions

COLUMNS = (("NAME", "name"), ("TYPE", "type"), ("LATEST", "latest_version"), ("UPDATED", "when"), ("BY", "by"))
VERSION_COLUMNS = (
    ("VERSION", "version"),
    ("STATE", "state"),
    ("FILES", "file_count"),
    ("SIZE", "bytes"),
    ("ROWS", "row_count"),
    ("RUN", "run_id"),
    ("MADE", "when"),
)
SHOWN = (
    "name", "version", "type", "state", "problem", "description", "path", "file_count", "size", "row_count", "content_hash",
    "tags", "run_id", "created_at", "url",
)  # fmt: skip
FILE_COLUMNS = (("PATH", "path"), ("SIZE", "bytes"), ("SHA-256", "sha256"))
COLUMN_COLUMNS = (("COLUMN", "name"), ("TYPE", "type"))
PROFILE_COLUMNS = (
    ("COLUMN", "name"),
    ("TYPE", "type"),
    ("MISSING", "missing"),
    ("DISTINCT", "distinct"),
    ("MIN", "min"),
    ("MEAN", "mean"),
    ("MAX", "max"),
)
USE_COLUMNS = (("", "way"), ("KIND", "kind"), ("WHAT", "text"), ("URL", "url"))


def create(options: argparse.Namespace) -> None:
    """Makes the next version of an asset; what is here is sent first."""
    with metered("Sending") as meter:
        made = _create(options, meter)
    if options.wait:
        made.wait()
    output.done(options, made.data, f"{made.reference} is {made.state}: {made.data['url']}")


def list_data(options: argparse.Namespace) -> None:
    """Lists data assets."""
    found = _of(options).list(options.query, type=options.type, archived=options.archived or None)
    rows = list(islice(found, options.limit))
    shown = (
        {**row, "when": output.ago(row["updated_at"]), "by": (row["created_by"] or {}).get("name")} for row in rows
    )
    output.rows(
        options, rows, COLUMNS, empty="There are no data assets yet. `atelier data create` makes one.", shown=shown
    )  # fmt: skip


def show(options: argparse.Namespace) -> None:
    """Shows a version with its columns."""
    found = _version(options).data
    if options.output == "json":
        output.as_json(found)
        return
    output.pairs({**{name: found[name] for name in SHOWN}, "size": transfers.size(found["size"])})
    if found["schema"]:
        print()
        output.table(found["schema"], COLUMN_COLUMNS, empty="")


def list_versions(options: argparse.Namespace) -> None:
    """Lists the versions of an asset."""
    rows = [version.data for version in islice(_of(options).versions(options.name), options.limit)]
    shown = (
        {**row, "bytes": transfers.size(row["size"]), "when": output.ago(row["created_at"])} for row in rows
    )  # fmt: skip
    output.rows(options, rows, VERSION_COLUMNS, empty="It has no versions yet.", shown=shown)


def files(options: argparse.Namespace) -> None:
    """Lists the files of a version."""
    rows = [asdict(file) for file in _version(options).files()]
    shown = ({**row, "bytes": transfers.size(row["size"])} for row in rows)
    output.rows(options, rows, FILE_COLUMNS, empty="It has no files.", shown=shown)


def download(options: argparse.Namespace) -> None:
    """Saves the files of a version."""
    version = _version(options)
    folder = options.to or version.name
    with metered("Fetching") as meter:
        saved = version.download(folder, progress=meter)
    output.saved(options, saved, folder)


def profile(options: argparse.Namespace) -> None:
    """Shows what is in each column."""
    found = _version(options).profile(wait=not options.no_wait)
    if options.output == "json":
        output.as_json(found)
        return
    if found["state"] != "ready":
        output.say(f"The profile is {found['state']}.")
    output.table((_summary(column) for column in found["columns"]), PROFILE_COLUMNS, empty="No column is done yet.")


def rows(options: argparse.Namespace) -> None:
    """Prints rows."""
    _print_rows(options, _version(options).rows(options.limit, options.where, random=options.random))


def sql(options: argparse.Namespace) -> None:
    """Prints the answer to a SELECT."""
    _print_rows(options, _version(options).sql(options.query))


def uses(options: argparse.Namespace) -> None:
    """Shows what used a version, and what it came from."""
    found = _version(options).uses()
    if options.output == "json":
        output.as_json(found)
        return
    lines = [{**use, "way": "used by"} for use in found["used_by"]]
    lines += [{**use, "way": "came from"} for use in found["came_from"]]
    output.table(lines, USE_COLUMNS, empty="Nothing used it yet.")


def archive(options: argparse.Namespace) -> None:
    """Takes an asset or a version out of the lists, or brings it back."""
    _of(options).archive(options.name, options.version, is_archived=not options.restore)
    output.say(f"{_called(options)} is {'back' if options.restore else 'archived'}.")


def delete(options: argparse.Namespace) -> None:
    """Deletes a version or an asset."""
    if not options.yes:
        output.ask(f"Delete {_called(options)}?")
    _of(options).delete(options.name, options.version)
    output.say(f"Deleted {_called(options)}.")


def _create(options: argparse.Namespace, meter: transfers.Meter) -> versions.DataVersion:
    data = _of(options)
    given: dict[str, Any] = {
        "version": options.version or "",
        "type": options.type or "",
        "progress": meter,
        "say": output.say,
    }
    if options.file:
        if options.description or options.tag:
            raise _errors.UsageError("The file says description and tags: write them there.")
        return data.create_from_file(options.file, name=options.name or "", path=options.path or "", **given)
    if not options.name or not options.path:
        raise _errors.UsageError("Give a file with -f, or --name and --path.")
    tags = session.changes(options.tag)
    return data.create(options.name, options.path, description=options.description or "", tags=tags, **given)


def _print_rows(options: argparse.Namespace, found: versions.Rows) -> None:
    columns = [(name, name) for name in found.columns]
    output.rows(options, list(found), columns, empty="There are no such rows.")
    if found.has_more and options.output != "json":
        output.say("There are more rows.")


def _summary(column: dict[str, Any]) -> dict[str, Any]:
    return {name: column.get(name) for _, name in PROFILE_COLUMNS}


def _version(options: argparse.Namespace) -> versions.DataVersion:
    return _of(options).get(options.name, options.version)


def _called(options: argparse.Namespace) -> str:
    return f"version {options.version} of {options.name}" if options.version else str(options.name)


def _of(options: argparse.Namespace) -> assets.Data:
    return session.workspace(options).data
