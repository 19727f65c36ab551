"""`atelier device …`"""

from __future__ import annotations

import argparse
import re
from itertools import islice
from typing import Any

from atelier import _devices, _errors
from atelier._cli import output, session

COLUMNS = (
    ("NAME", "name"),
    ("STATE", "state"),
    ("MODULES", "modules"),
    ("SEEN", "when"),
    ("DESCRIPTION", "description"),
)
MODULES = (
    ("MODULE", "name"), ("IMAGE", "image"), ("ON THE DEVICE", "runs"), ("STATE", "state"), ("PORT", "port"),
    ("PROBLEM", "problem"),
)  # fmt: skip
EVENTS = (("WHEN", "when"), ("WHAT", "kind"), ("MODULE", "module"), ("DETAIL", "detail"), ("WHO", "actor"))
SHOWN = (
    "name",
    "state",
    "description",
    "tags",
    "facts",
    "revision",
    "reported_revision",
    "seen_at",
    "enrolled_at",
    "url",
)
FAILED = 1


def create(options: argparse.Namespace) -> None:
    """Makes a device and prints its code."""
    tags = session.changes(options.tag)
    made = _of(options).create(options.name, description=options.description, tags=tags)
    _code(options, made, made["code"])


def list_devices(options: argparse.Namespace) -> None:
    """Lists devices."""
    rows = list(islice(_of(options).list(options.query), options.limit))
    shown = ({**row, "when": output.ago(row["seen_at"]) if row["seen_at"] else "never"} for row in rows)
    output.rows(
        options, rows, COLUMNS, empty="There are no devices yet. `atelier device create` makes one.", shown=shown
    )


def show(options: argparse.Namespace) -> None:
    """Shows a device and its modules."""
    devices = _of(options)
    found, modules = devices.get(options.name), devices.modules(options.name)
    if options.output == "json":
        output.as_json({**found, "modules": modules})
        return
    output.pairs({name: found[name] for name in SHOWN})
    print()
    output.table(map(_row, modules), MODULES, empty="It runs nothing yet. `atelier device deploy` adds a module.")


def code(options: argparse.Namespace) -> None:
    """Prints a new code, or revokes."""
    if not options.revoke:
        _code(options, {"name": options.name}, _of(options).code(options.name, hours=options.hours))
        return
    if not options.yes:
        output.ask(f"Shut the device {options.name} out? Its modules go on until it is enrolled anew.")
    _of(options).revoke(options.name)
    output.say(f"Nothing opens the studio to {options.name} any more.")


def deploy(options: argparse.Namespace) -> int | None:
    """Adds or updates a module."""
    devices = _of(options)
    module = options.module or _fit(options.image)
    given = {name: getattr(options, name) for name in ("port", "address", "cpus", "memory", "restart")}
    given["environment_variables"] = session.changes(options.env) if options.env else None
    wanted = {name: value for name, value in given.items() if value is not None}
    made = devices.deploy(options.name, module, options.image, **wanted)
    if not options.wait:
        output.done(options, made, f"{options.name} shall run {made['image']} as {module}.")
        return None
    found = devices.wait(options.name, module, say=output.say)
    said = found["reported"] or {}
    output.done(options, found, f"{module} on {options.name}: {said.get('state')}. {said.get('problem', '')}".strip())
    return None if said.get("state") == "running" else FAILED


def roll_back(options: argparse.Namespace) -> None:
    found = _of(options).roll_back(options.name, options.module)
    output.done(options, found, f"{options.module} goes back to {found['image']}.")


def stop(options: argparse.Namespace) -> None:
    found = _of(options).stop(options.name, options.module)
    output.done(options, found, f"{options.module} is being stopped.")


def start(options: argparse.Namespace) -> None:
    found = _of(options).start(options.name, options.module)
    output.done(options, found, f"{options.module} is being started.")


def restart(options: argparse.Namespace) -> None:
    found = _of(options).restart(options.name, options.module)
    output.done(options, found, f"{options.module} is being started anew.")


def remove(options: argparse.Namespace) -> None:
    if not options.yes:
        output.ask(f"Take {options.module} off {options.name}?")
    _of(options).remove(options.name, options.module)
    output.say(f"{options.name} shall not run {options.module} any more.")


def events(options: argparse.Namespace) -> None:
    """Prints what happened."""
    rows = list(islice(_of(options).events(options.name), options.limit))
    shown = ({**row, "when": output.ago(row["at"])} for row in rows)
    output.rows(options, rows, EVENTS, empty="Nothing happened yet.", shown=shown)


def manifest(options: argparse.Namespace) -> None:
    """Prints the manifest."""
    output.as_json(_of(options).manifest(options.name, registry=options.registry))


def delete(options: argparse.Namespace) -> None:
    if not options.yes:
        output.ask(f"Delete the device {options.name}? What runs there goes on until `atelier edge leave`.")
    _of(options).delete(options.name)
    output.say(f"Deleted {options.name}.")


def _code(options: argparse.Namespace, device: dict[str, Any], found: dict[str, Any]) -> None:
    if options.output == "json":
        output.as_json({**device, "code": found})
        return
    output.say(f"Run this on {device['name']}; the code works once, until {found['expires_at']}:")
    print(found["enroll"])


def _row(module: dict[str, Any]) -> dict[str, Any]:
    said = module["reported"] or {}
    state = "stopped" if module["is_stopped"] and not said else said.get("state", "not yet")
    return {**module, "runs": said.get("image", ""), "state": state, "problem": said.get("problem", ""),
            "port": f"{module['address']}:{module['port']}" if module["port"] else ""}  # fmt: skip


def _fit(image: str) -> str:
    """A module's name out of an image's."""
    name = re.sub(r"[^a-z0-9]+", "-", re.split(r"[:@]", image.lower(), maxsplit=1)[0]).strip("-")
    if not name:
        raise _errors.UsageError("Say how the module shall be called: --module NAME.")
    return name[:40].strip("-")


def _of(options: argparse.Namespace) -> _devices.Devices:
    return session.workspace(options).devices
