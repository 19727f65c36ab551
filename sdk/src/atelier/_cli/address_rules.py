"""`atelier address-rule …`"""

from __future__ import annotations

import argparse

from atelier._cli import output, session
from atelier._data import rules

COLUMNS = (("ID", "id"), ("PREFIX", "prefix"), ("DATASTORE", "datastore"), ("PATH", "path"), ("NOTE", "note"))


def list_rules(options: argparse.Namespace) -> None:
    """Lists address rules."""
    output.rows(options, list(_of(options).list()), COLUMNS, empty="There are no address rules.")


def create(options: argparse.Namespace) -> None:
    """Makes an address rule."""
    made = _of(options).create(options.prefix, options.datastore, options.path, note=options.note)
    output.done(options, made, f"{made['prefix']} is read from {made['datastore']} now.")


def delete(options: argparse.Namespace) -> None:
    """Deletes an address rule."""
    _of(options).delete(options.rule)
    output.say(f"Deleted the address rule {options.rule}.")


def where(options: argparse.Namespace) -> None:
    """Prints where an address is read from."""
    found = _of(options).where(options.uri)
    if options.output == "json":
        output.as_json({"uri": found})
    else:
        print(found)


def _of(options: argparse.Namespace) -> rules.AddressRules:
    return session.workspace(options).address_rules
