"""`atelier endpoint …`"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from atelier import _errors
from atelier._cli import output, session
from atelier._endpoints import endpoints as sdk

COLUMNS = (("NAME", "name"), ("STATE", "state"), ("TRAFFIC", "shares"), ("ACCESS", "auth_mode"), ("UPDATED", "when"))
SHOWN = (
    "name",
    "state",
    "description",
    "auth_mode",
    "traffic",
    "mirror_traffic",
    "scoring_uri",
    "openapi_uri",
    "tags",
    "url",
)
KINDS = {".csv": "text/csv", ".json": "application/json"}


def create(options: argparse.Namespace) -> None:
    """Makes an endpoint."""
    api = _of(options)
    if options.file:
        if options.auth_mode or options.description:
            raise _errors.UsageError("The file says auth_mode and description: write them there, or say --set.")
        made = api.create_from_file(options.file, name=options.name, set=session.changes(options.set), say=output.say)
    elif options.name and not options.set:
        mode = options.auth_mode or "key"
        made = api.create(options.name, auth_mode=mode, description=options.description or "")
    else:
        raise _errors.UsageError("Give a file with -f, or --name.")
    output.done(
        options, made, f"{made['name']} answers at {made['scoring_uri']} once it has a deployment: {made['url']}"
    )


def list_endpoints(options: argparse.Namespace) -> None:
    """Lists endpoints."""
    rows = list(islice(_of(options).list(options.query), options.limit))
    shown = ({**row, "shares": shares(row["traffic"]), "when": output.ago(row["updated_at"])} for row in rows)
    output.rows(
        options, rows, COLUMNS, empty="There are no endpoints yet. `atelier endpoint create` makes one.", shown=shown
    )


def show(options: argparse.Namespace) -> None:
    """Shows an endpoint with its deployments."""
    from atelier._cli import deployments

    api = _of(options)
    found = api.get(options.name)
    rows = list(api.deployments(options.name).list())
    if options.output == "json":
        output.as_json({**found, "deployments": rows})
        return
    output.pairs({**{name: found[name] for name in SHOWN}, "url": _page(options, found)})
    print()
    output.table(map(deployments.shown, rows), deployments.COLUMNS, empty="It has no deployments yet.")


def update(options: argparse.Namespace) -> None:
    """Shares traffic or changes words."""
    api = _of(options)
    words = {"description": options.description, "auth_mode": options.auth_mode}
    if options.tag:
        words["tags"] = session.changes(options.tag)
    given = {key: value for key, value in words.items() if value is not None}
    if not given and options.traffic is None and options.mirror_traffic is None:
        raise _errors.UsageError(
            "Say what to change: --traffic, --mirror-traffic, --description, --auth-mode or --tag."
        )
    if given:
        api.update(options.name, **given)
    if options.traffic is not None or options.mirror_traffic is not None:
        traffic = api.traffic(options.name)["traffic"] if options.traffic is None else read_shares(options.traffic)
        mirror = None if options.mirror_traffic is None else read_shares(options.mirror_traffic)
        api.set_traffic(options.name, traffic, mirror=mirror)
    _told(options, api)


def roll_back(options: argparse.Namespace) -> None:
    """The traffic of before."""
    api = _of(options)
    api.roll_back(options.name)
    _told(options, api)


def invoke(options: argparse.Namespace) -> None:
    """Sends a request."""
    body = _body(options.request_file)
    suffix = Path(options.request_file or "").suffix.lower()
    kind = options.content_type or KINDS.get(suffix, "application/json")
    answer = _of(options).invoke(options.name, body, deployment=options.deployment, content_type=kind)
    if isinstance(answer, bytes):
        sys.stdout.flush()
        sys.stdout.buffer.write(answer)
    else:
        print(json.dumps(answer, indent=2 if options.output == "json" else None, ensure_ascii=False))


def keys(options: argparse.Namespace) -> None:
    """Prints the keys."""
    api = _of(options)
    if options.regenerate:
        if not options.yes:
            output.ask(f"Make a new {options.regenerate} key of {options.name}? The present one is refused then.")
        found = api.regenerate_key(options.name, options.regenerate)
    else:
        found = api.keys(options.name)
    output.record(options, found)


def token(options: argparse.Namespace) -> None:
    """Prints a token."""
    output.record(options, _of(options).token(options.name, options.seconds))


def delete(options: argparse.Namespace) -> None:
    """Deletes an endpoint."""
    if not options.yes:
        output.ask(f"Delete the endpoint {options.name} with all its deployments?")
    _of(options).delete(options.name)
    output.say(f"{options.name} answers nobody any more; its instances are being stopped.")


def shares(traffic: dict[str, int]) -> str:
    """`blue=90 green=10`."""
    return " ".join(f"{name}={share}" for name, share in traffic.items())


def read_shares(text: str) -> dict[str, int]:
    """`blue=90 green=10` as a mapping. Raises `UsageError`."""
    found = {}
    for part in text.replace(",", " ").split():
        name, _, share = part.partition("=")
        if not name or not share.isascii() or not share.isdigit():
            raise _errors.UsageError(f'{part!r} is no share. Write whole percentages, e.g. "blue=90 green=10".')
        found[name] = int(share)
    return found


def _told(options: argparse.Namespace, api: sdk.Endpoints) -> None:
    found = api.traffic(options.name)
    copies = shares(found["mirror_traffic"])
    said = shares(found["traffic"]) or "none"
    output.done(options, found, f"Traffic of {options.name}: {said}{f'; copies: {copies}' if copies else ''}.")


def _body(file: str | None) -> bytes:
    if file and file != "-":
        try:
            return Path(file).read_bytes()
        except OSError as error:
            raise _errors.UsageError(f"{file} cannot be read: {error.strerror}.") from error
    if sys.stdin.isatty():
        raise _errors.UsageError("Give the request with --request-file, or on standard input.")
    return sys.stdin.buffer.read()


def _page(options: argparse.Namespace, found: dict[str, Any]) -> str:
    """The address of an endpoint's page."""
    address: str = _of(options).deployments(found["name"]).address(found["url"])
    return address


def _of(options: argparse.Namespace) -> Any:
    return session.workspace(options).endpoints
