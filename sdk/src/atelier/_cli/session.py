"""The client and the workspace a command works with."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from atelier import _client, _errors

if TYPE_CHECKING:
    from atelier import _workspace


def client(options: argparse.Namespace) -> _client.Client:
    """A client for the server the options or the settings name."""
    return _client.connect(url=options.server, workspace=options.workspace)


def workspace(options: argparse.Namespace) -> _workspace.Workspace:
    """The workspace the options or the settings name."""
    from atelier._workspace import Workspace  # it loads much, and this module is loaded with every command

    return Workspace(options.workspace, url=options.server)


def tags(options: argparse.Namespace) -> dict[str, str | None]:
    """The tags to set, and None for those to remove. Raises `UsageError` when there are none."""
    found: dict[str, str | None] = dict.fromkeys(options.remove)
    for pair in options.tags:
        name, _, value = pair.partition("=")
        found[name] = value
    if not found:
        raise _errors.UsageError("No tag is given. Write NAME=VALUE or --remove NAME.")
    return found


def changes(pairs: list[str]) -> dict[str, str]:
    """`["a.b=c"]` as a dictionary. Raises `UsageError` for a pair without `=`."""
    result = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise _errors.UsageError(f"{pair!r} is no change. Write it as NAME=VALUE, e.g. inputs.lr=0.1.")
        result[name.strip()] = value
    return result
