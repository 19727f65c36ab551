"""`atelier workspace …`, `atelier member …`, `atelier token …`"""

from __future__ import annotations

import argparse
from typing import Any

from atelier import _client, _config, _errors
from atelier._cli import output, session

WORKSPACE_COLUMNS = (("", "mark"), ("NAME", "slug"), ("TITLE", "name"), ("ROLE", "role"))
MEMBER_COLUMNS = (("ID", "id"), ("NAME", "name"), ("EMAIL", "email"), ("ROLE", "role"), ("SINCE", "since"))
TOKEN_COLUMNS = (
    ("ID", "id"),
    ("NAME", "name"),
    ("SCOPE", "scope"),
    ("STARTS WITH", "prefix"),
    ("EXPIRES", "expires_at"),
    ("LAST USED", "used"),
)


def workspaces(options: argparse.Namespace) -> None:
    """Lists your workspaces."""
    client = session.client(options)
    rows = client.get("/me")["workspaces"]
    marked = [{**row, "mark": "*" if row["slug"] == client.workspace else ""} for row in rows]
    output.rows(
        options,
        rows,
        WORKSPACE_COLUMNS,
        empty="You are in no workspace yet. Ask an owner for an invitation.",
        shown=marked,
    )


def use_workspace(options: argparse.Namespace) -> None:
    """Chooses the workspace of later commands."""
    rows = session.client(options).get("/me")["workspaces"]
    known = [row["slug"] for row in rows]
    if options.name not in known:
        raise _errors.NotFound(f"You are not in a workspace {options.name!r}. Yours: {', '.join(known) or 'none'}.")
    path = _config.update_user(workspace=options.name)
    output.say(f"Later commands use the workspace {options.name} ({path}).")


def show_workspace(options: argparse.Namespace) -> None:
    """Shows a workspace."""
    name = options.name or session.workspace(options).name
    output.record(options, session.client(options).get(f"/workspaces/{_client.segment(name)}"))


def create_workspace(options: argparse.Namespace) -> None:
    """Creates a workspace."""
    body = {"slug": options.name, "name": options.title or options.name, "description": options.description}
    output.record(options, session.client(options).post("/workspaces", body))


def members(options: argparse.Namespace) -> None:
    """Lists the members."""
    rows = session.workspace(options).members()
    shown = [{**_person(row), "since": output.ago(row.get("created_at") or row.get("joined_at"))} for row in rows]
    output.rows(options, rows, MEMBER_COLUMNS, empty="There are no members.", shown=shown)


def invite(options: argparse.Namespace) -> None:
    """Invites a person."""
    client = session.workspace(options).client
    answer = client.post("invitations", {"email": options.email, "role": options.role})
    if options.output == "json":
        output.as_json(answer)
        return
    output.say(f"Send this link to {options.email}; it works once:")
    link = str(answer["url"])
    print(link if "://" in link else f"{client.url}{link}")


def set_role(options: argparse.Namespace) -> None:
    """Changes a member's role."""
    client = session.workspace(options).client
    found = _find(client, options.member)
    output.record(options, client.patch(f"members/{found['id']}", {"role": options.role}))


def remove_member(options: argparse.Namespace) -> None:
    """Removes a member."""
    client = session.workspace(options).client
    found = _find(client, options.member)
    client.delete(f"members/{found['id']}")
    output.say(f"{found.get('email') or options.member} is no longer a member.")


def tokens(options: argparse.Namespace) -> None:
    """Lists your tokens."""
    rows = list(session.client(options).pages("/me/tokens"))
    shown = [{**row, "used": output.ago(row.get("last_used_at")) or "never"} for row in rows]
    output.rows(options, rows, TOKEN_COLUMNS, empty="You have no tokens.", shown=shown)


def create_token(options: argparse.Namespace) -> None:
    """Creates a token."""
    body = {"name": options.name, "scope": options.scope, "expires_in_days": options.days}
    answer = session.client(options).post("/me/tokens", body)
    if options.output == "json":
        output.as_json(answer)
        return
    output.say("Keep this token; it is not shown again:")
    print(answer["token"])


def revoke_token(options: argparse.Namespace) -> None:
    """Revokes a token."""
    session.client(options).delete(f"/me/tokens/{options.id}")
    output.say(f"The token {options.id} is revoked.")


def _find(client: _client.Client, member: str) -> dict[str, Any]:
    for row in client.pages("members"):
        person = _person(row)
        if member in (str(row["id"]), person.get("email")):
            return person
    raise _errors.NotFound(f"There is no member {member!r} in this workspace.")


def _person(row: dict[str, Any]) -> dict[str, Any]:
    user = row.get("user")
    return {**user, **row} if isinstance(user, dict) else row
