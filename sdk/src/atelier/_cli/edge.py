"""`atelier edge …`: what runs on a device."""

from __future__ import annotations

import argparse
from pathlib import Path

from atelier import _errors
from atelier._cli import output
from atelier.edge.folder import Folder, default_path

COLUMNS = (("MODULE", "name"), ("STATE", "state"), ("IMAGE", "image"), ("RESTARTS", "restarts"), ("PROBLEM", "problem"))


def enroll(options: argparse.Namespace) -> None:
    """Exchanges a code for a token."""
    from atelier.edge import agent

    folder = _folder(options)
    if not options.server:
        raise _errors.UsageError("Say where the studio is: --url https://studio.example.")
    try:
        found = agent.enrol(folder, url=options.server, code=options.code)
    except OSError as error:
        raise _errors.UsageError(
            f"{folder.path} cannot be written: {error.strerror}. Choose another with --state."
        ) from error
    output.done(
        options,
        {"device": found["device"], "workspace": found["workspace"], "state": str(folder.path)},
        f"This is the device {found['device']} of {found['workspace']} now. Start `atelier edge agent`.",
    )


def agent(options: argparse.Namespace) -> None:
    """Runs until it is stopped."""
    from atelier.edge import agent as agents
    from atelier.edge import engine

    engine.require_docker()
    folder = _folder(options)
    if not folder.is_enrolled():
        folder.identity  # noqa: B018  raises what is to be done
    folder.hold()
    try:
        found = agents.Agent(folder, say=output.say, ready_seconds=options.ready_seconds)
        if options.once:
            found.settle()
        else:
            found.run()
    finally:
        folder.release()


def status(options: argparse.Namespace) -> None:
    """Shows what the agent wrote down."""
    folder = _folder(options)
    identity, said = folder.identity, folder.status
    found = {
        "device": identity["device"],
        "workspace": identity["workspace"],
        "url": identity["url"],
        "folder": str(folder.path),
        **{name: said.get(name, "") for name in ("studio", "engine", "revision", "at")},
    }
    modules = [{"name": name, **each} for name, each in (said.get("modules") or {}).items()]
    if options.output == "json":
        output.as_json({**found, "modules": modules})
        return
    output.pairs(found)
    print()
    output.table(modules, COLUMNS, empty="It runs nothing yet.")


def leave(options: argparse.Namespace) -> None:
    """Stops everything and forgets the studio."""
    from atelier.edge import agent as agents
    from atelier.edge import engine

    engine.require_docker()
    folder = _folder(options)
    identity = folder.identity
    if not options.yes:
        output.ask(f"Stop all modules of {identity['device']} and forget the studio?")
    folder.hold()
    try:
        count = agents.leave(folder)
    finally:
        folder.release()
    output.say(
        f"{output.many(count, 'module')} stopped; this machine is no device of {identity['workspace']} any more."
    )


def _folder(options: argparse.Namespace) -> Folder:
    return Folder(Path(options.state) if options.state else default_path())
