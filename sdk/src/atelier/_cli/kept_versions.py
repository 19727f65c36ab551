"""What the commands of components and environments share: names with versions that can be archived and deleted."""

from __future__ import annotations

import argparse
from typing import Protocol

from atelier._cli import output


class Change(Protocol):
    def __call__(self, name: str, version: str, /, *, archived: bool) -> object: ...


class Removal(Protocol):
    def __call__(self, name: str, version: str, /) -> object: ...


def archive(options: argparse.Namespace, change: Change, *, wanted: bool) -> None:
    """Archives what the options name, or takes it back."""
    change(options.name, options.version, archived=wanted)
    what = f"{options.name}:{options.version}" if options.version else options.name
    output.say(f"{what} is {'archived' if wanted else 'back'}.")


def delete(options: argparse.Namespace, remove: Removal) -> None:
    """Deletes what the options name, once that was asked."""
    what = f"{options.name}:{options.version}" if options.version else f"{options.name} with all versions"
    if not options.yes:
        output.ask(f"Delete {what}?")
    remove(options.name, options.version)
    output.say(f"Deleted {what}.")
