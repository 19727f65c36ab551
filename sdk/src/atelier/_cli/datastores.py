"""`atelier datastore …`"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from typing import Any

from atelier._cli import output, session, transfers
from atelier._data import datastores

COLUMNS = (
    ("NAME", "name"),
    ("KIND", "kind"),
    ("WHERE", "where"),
    ("DEFAULT", "is_default"),
    ("READ-ONLY", "is_read_only"),
    ("LAST TEST", "tested"),
)
ENTRY_COLUMNS = (("NAME", "shown"), ("SIZE", "bytes"), ("CHANGED", "when"))
TABLE_COLUMNS = (("SCHEMA", "schema"), ("TABLE", "name"), ("COLUMNS", "shown"))
SQL_KIND = "sql"


def create(options: argparse.Namespace) -> None:
    """Registers a datastore of a file."""
    made = _of(options).create(options.file)
    if options.default:
        made.set_default()
    output.done(options, made.data, f"The datastore {made.name} is registered: {made.data['where']}.")


def list_datastores(options: argparse.Namespace) -> None:
    """Lists datastores."""
    rows = [store.data for store in _of(options).list()]
    shown = ({**row, "tested": _tested(row)} for row in rows)
    output.rows(options, rows, COLUMNS, empty="There are no datastores yet.", shown=shown)


def show(options: argparse.Namespace) -> None:
    """Shows a datastore."""
    output.record(options, _of(options).get(options.name).data)


def check(options: argparse.Namespace) -> int:
    """Tests a connection; the exit code says whether it works."""
    found = _of(options).get(options.name).check()
    words = f"{options.name} works." if found["is_working"] else f"{found['problem']} {found['hint']}".strip()
    output.done(options, found, words)
    return 0 if found["is_working"] else 1


def set_default(options: argparse.Namespace) -> None:
    """Lets uploads go to a datastore."""
    store = _of(options).set_default(options.name)
    output.done(options, store.data, f"Uploads go to {store.name} now.")


def ls(options: argparse.Namespace) -> None:
    """Lists what lies in a folder, or the tables of a database."""
    store = _of(options).get(options.name)
    if store.data["kind"] == SQL_KIND:
        _list_tables(options, store)
        return
    found = islice(store.walk(options.path) if options.recursive else store.ls(options.path), options.limit)
    rows = [asdict(entry) for entry in found]
    shown = ({**row, **_entry(row, options.recursive)} for row in rows)
    output.rows(options, rows, ENTRY_COLUMNS, empty="There is nothing in it.", shown=shown)


def upload(options: argparse.Namespace) -> None:
    """Sends a file or a folder."""
    store = _of(options).get(options.name)
    with metered("Sending") as meter:
        sent = store.upload(
            options.local,
            options.path,
            overwrite=options.overwrite,
            skip_existing=options.skip_existing,
            progress=meter,
            say=output.say,
        )
    output.done(options, sent, f"{output.many(len(sent), 'file')} sent to {store.name}.")


def download(options: argparse.Namespace) -> None:
    """Saves a file or a folder."""
    store = _of(options).get(options.name)
    with metered("Fetching") as meter:
        saved = store.download(options.path, f"{options.to}/", progress=meter)
    output.saved(options, saved, options.to)


def link(options: argparse.Namespace) -> None:
    """Prints an address that needs no token."""
    url = _of(options).get(options.name).link(options.path, seconds=options.seconds)
    if options.output == "json":
        output.as_json({"url": url})
    else:
        print(url)


def delete(options: argparse.Namespace) -> None:
    """Forgets a datastore, or deletes one file of it."""
    what = f"the file {options.path} of {options.name}" if options.path else f"the datastore {options.name}"
    if not options.yes:
        output.ask(f"Delete {what}?")
    if options.path:
        _of(options).get(options.name).delete(options.path)
    else:
        _of(options).delete(options.name)
    output.say(f"Deleted {what}.")


@contextmanager
def metered(verb: str) -> Iterator[transfers.Meter]:
    """Tells the progress of a transfer while it lasts."""
    meter = transfers.Meter(verb)
    try:
        yield meter
    finally:
        meter.close()


def _list_tables(options: argparse.Namespace, store: datastores.Datastore) -> None:
    rows = store.tables()
    shown = ({**row, "shown": [column["name"] for column in row["columns"]]} for row in rows)
    output.rows(options, rows, TABLE_COLUMNS, empty="There are no tables.", shown=shown)


def _entry(row: dict[str, Any], recursive: bool) -> dict[str, Any]:
    name = row["path"] if recursive else row["name"]
    shown = f"{name}/" if row["is_dir"] else name
    return {"shown": shown, "bytes": transfers.size(row["size"]), "when": output.ago(row["modified_at"])}


def _tested(row: dict[str, Any]) -> str:
    if not row["checked_at"]:
        return ""
    return row["check_problem"] or f"works, {output.ago(row['checked_at'])}"


def _of(options: argparse.Namespace) -> datastores.Datastores:
    return session.workspace(options).datastores
