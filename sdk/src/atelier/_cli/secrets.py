"""`atelier secret …` and `atelier connection …`"""

from __future__ import annotations

import argparse
import sys

from atelier import _errors
from atelier._cli import output, session
from atelier._data import vault

COLUMNS = (
    ("NAME", "name"),
    ("VERSION", "version"),
    ("SET", "when"),
    ("BY", "set_by"),
    ("LAST USED", "used"),
    ("DESCRIPTION", "description"),
)
CONNECTION_COLUMNS = (("NAME", "name"), ("TYPE", "type"), ("TARGET", "target"), ("CREDENTIAL", "kind"))


def set_secret(options: argparse.Namespace) -> None:
    """Sets a value, which is never an argument that others could see."""
    made = _secrets(options).set(options.name, _value(), description=options.description)
    output.done(options, made, f"{made['name']} has version {made['version']} now.")


def list_secrets(options: argparse.Namespace) -> None:
    """Lists secrets without their values."""
    rows = list(_secrets(options).list())
    shown = (
        {**row, "when": output.ago(row["set_at"]), "used": output.ago((row["last_use"] or {}).get("used_at"))}
        for row in rows
    )
    output.rows(options, rows, COLUMNS, empty="There are no secrets yet. `atelier secret set` makes one.", shown=shown)


def delete(options: argparse.Namespace) -> None:
    """Deletes a secret."""
    if not options.yes:
        output.ask(f"Delete the secret {options.name} with all its versions?")
    _secrets(options).delete(options.name)
    output.say(f"Deleted the secret {options.name}.")


def create_connection(options: argparse.Namespace) -> None:
    """Makes a connection of a file."""
    made = _connections(options).create(options.file)
    output.done(options, made, f"The connection {made['name']} is there.")


def list_connections(options: argparse.Namespace) -> None:
    """Lists connections."""
    rows = list(_connections(options).list())
    shown = ({**row, "kind": row["credentials"]["type"]} for row in rows)
    output.rows(options, rows, CONNECTION_COLUMNS, empty="There are no connections yet.", shown=shown)


def show_connection(options: argparse.Namespace) -> None:
    """Shows a connection without its credential."""
    output.record(options, _connections(options).get(options.name))


def delete_connection(options: argparse.Namespace) -> None:
    """Deletes a connection."""
    if not options.yes:
        output.ask(f"Delete the connection {options.name}?")
    _connections(options).delete(options.name)
    output.say(f"Deleted the connection {options.name}.")


def _value() -> str:
    """Typed where nobody sees it, or all of standard input but the line's end."""
    if not sys.stdin.isatty():
        return sys.stdin.read().removesuffix("\n").removesuffix("\r")
    import getpass

    value = getpass.getpass("Value: ")
    if value != getpass.getpass("The same again: "):
        raise _errors.UsageError("The two are not the same. Nothing was set.")
    return value


def _secrets(options: argparse.Namespace) -> vault.Secrets:
    return session.workspace(options).secrets


def _connections(options: argparse.Namespace) -> vault.Connections:
    return session.workspace(options).connections
