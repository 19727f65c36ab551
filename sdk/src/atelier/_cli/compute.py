"""`atelier compute create|update|check|delete`"""

from __future__ import annotations

import argparse
from typing import Any

from atelier import _errors
from atelier._cli import output, session
from atelier._compute import ComputeTargets
from atelier._data.files import read_text

PLAIN = ("network", "cpus", "memory", "pids", "gpus", "runner_url")
FILES = ("ca", "certificate", "key", "host_key")


def create(options: argparse.Namespace) -> None:
    """Makes a target."""
    made = _targets(options).create(options.name, kind=options.kind, slots=options.slots or 1, **_settings(options))
    output.done(options, made, f"The compute target {made['name']} is there. `atelier compute check` tests its engine.")


def update(options: argparse.Namespace) -> None:
    """Changes a target."""
    if options.pause and options.resume:
        raise _errors.UsageError("Give --pause or --resume, not both.")
    is_paused = True if options.pause else False if options.resume else None
    made = _targets(options).update(options.name, slots=options.slots, is_paused=is_paused, **_settings(options))
    output.done(options, made, f"The compute target {made['name']} is changed.")


def check(options: argparse.Namespace) -> None:
    """Tests a target's engine; one that is away is an error."""
    found = _targets(options).check(options.name)
    engine = found.get("engine")
    if engine is None:
        output.done(options, found, f"{options.name} has no engine of its own: it runs where the studio does.")
        return
    if engine["state"] != "up":
        raise _errors.AtelierError(engine["problem"] or f"The engine of {options.name} does not answer.")
    output.done(options, found, f"The engine of {options.name} answers: Docker {engine['version']}.")


def delete(options: argparse.Namespace) -> None:
    """Forgets a target."""
    if not options.yes:
        output.ask(f"Delete the compute target {options.name}?")
    _targets(options).delete(options.name)
    output.say(f"Deleted the compute target {options.name}.")


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """What was given on the command line; keys are read from their files."""
    found = {name: value for name in PLAIN if (value := getattr(options, name)) is not None}
    if options.engine is not None:
        found["address"] = options.engine
    for name in FILES:
        path = getattr(options, name)
        if path is not None:
            found[name] = read_text(path)
    return found


def _targets(options: argparse.Namespace) -> ComputeTargets:
    return session.workspace(options).targets
