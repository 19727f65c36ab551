"""`atelier webhook …`"""

from __future__ import annotations

import argparse
import os
import sys
from itertools import islice
from typing import Any

from atelier import _webhooks
from atelier._cli import output, session

COLUMNS = (("ID", "id"), ("NAME", "name"), ("STATUS", "status"), ("SIGNED", "is_signed"), ("URL", "url"))
LOG_COLUMNS = (
    ("ID", "id"),
    ("EVENT", "event"),
    ("STATE", "state"),
    ("ANSWER", "status_code"),
    ("TRIES", "tries"),
    ("WHEN", "when"),
    ("ERROR", "error"),
)
SECRET = "ATELIER_WEBHOOK_SECRET"


def list_webhooks(options: argparse.Namespace) -> None:
    """Lists webhooks."""
    rows = list(_of(options).search())
    output.rows(options, rows, COLUMNS, empty="There are no webhooks. `atelier webhook create` makes one.")


def show(options: argparse.Namespace) -> None:
    """Shows a webhook."""
    _print(_of(options).get(options.webhook), options)


def create(options: argparse.Namespace) -> None:
    """Makes a webhook; its secret is read, never given as an argument that others could see."""
    secret = _secret() if options.signed else ""
    made = _of(options).create(
        options.name, options.address, options.event, description=options.description, secret=secret
    )
    _print(made, options)


def edit(options: argparse.Namespace) -> None:
    """Changes a webhook."""
    is_active = True if options.activate else False if options.disable else None
    secret = _secret() if options.signed else None
    _print(
        _of(options).update(
            options.webhook,
            name=options.name,
            url=options.address,
            events=options.event or None,
            description=options.description,
            secret=secret,
            is_active=is_active,
        ),
        options,
    )


def delete(options: argparse.Namespace) -> None:
    """Deletes a webhook."""
    _of(options).delete(options.webhook)
    output.say(f"Deleted the webhook {options.webhook}.")


def test(options: argparse.Namespace) -> int:
    """Sends an example; the exit code says whether it arrived."""
    sent = _of(options).test(options.webhook, options.event or "")
    _print_delivery(sent, options)
    return 0 if sent["state"] == "delivered" else 1


def log(options: argparse.Namespace) -> None:
    """Shows what a webhook sent."""
    rows = list(islice(_of(options).deliveries(options.webhook), options.limit))
    output.rows(options, rows, LOG_COLUMNS, empty="Nothing was sent yet.", shown=map(_row, rows))


def redeliver(options: argparse.Namespace) -> None:
    """Sends a message once more."""
    _print_delivery(_of(options).redeliver(options.webhook, options.delivery), options)


def _of(options: argparse.Namespace) -> _webhooks.Webhooks:
    return session.workspace(options).webhooks


def _secret() -> str:
    """From the environment, or a line of standard input."""
    known = os.environ.get(SECRET, "")
    if known:
        return known
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass("Secret: ")
    return sys.stdin.readline().rstrip("\r\n")


def _row(delivery: dict[str, Any]) -> dict[str, Any]:
    return {**delivery, "tries": len(delivery["attempts"]), "when": output.ago(delivery["created_at"])}


def _print(webhook: dict[str, Any], options: argparse.Namespace) -> None:
    output.record(options, webhook)


def _print_delivery(delivery: dict[str, Any], options: argparse.Namespace) -> None:
    output.record(options, delivery, ("id", "event", "state", "status_code", "error"))
