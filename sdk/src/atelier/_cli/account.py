"""`atelier login`, `atelier config`, `atelier sync`"""

from __future__ import annotations

import argparse
import os
import sys

from atelier import _client, _config, _errors
from atelier import _sync as syncing
from atelier._cli import output

SECRETS = frozenset({"token"})


def login(options: argparse.Namespace) -> None:
    """Checks a token and remembers it."""
    url = options.url.rstrip("/")
    url = url if "://" in url else f"http://{url}"
    token = (options.token or os.environ.get("ATELIER_TOKEN") or _ask_for_token(url)).strip()
    if not token:
        raise _errors.UsageError(f"No token was given. Make one at {url}/account/tokens/.")
    me = _client.Client(url=url, token=token).get("/me")
    workspaces = [item["slug"] for item in me["workspaces"]]
    wanted = options.workspace or (workspaces[0] if workspaces else "")
    if wanted and wanted not in workspaces:
        raise _errors.NotFound(f"You are not in a workspace {wanted!r}. Yours: {', '.join(workspaces) or 'none'}.")
    path = _config.store_user(url=url, token=token, workspace=wanted)
    if options.output == "json":
        output.as_json({"url": url, "email": me["email"], "workspace": wanted, "file": str(path)})
        return
    place = f", workspace {wanted}" if wanted else "; you are in no workspace yet"
    print(output.printable(f"Signed in to {url} as {me['email']}{place}. Stored in {path}."))


def config(options: argparse.Namespace) -> None:
    """Shows the settings in force."""
    settings = _config.load(url=options.server, workspace=options.workspace)
    rows = []
    for item in settings.settings.values():
        value, origin = item.value, item.origin
        if item.name == "token" and not value and settings.token:
            value, origin = settings.token, f"user file {_config.user_file()}"
        rows.append({"name": item.name, "value": _masked(value) if item.name in SECRETS else value, "origin": origin})
    if options.output == "json":
        output.as_json(rows if options.show_origin else {row["name"]: row["value"] for row in rows})
        return
    columns = [("NAME", "name"), ("VALUE", "value")]
    output.table(rows, [*columns, ("ORIGIN", "origin")] if options.show_origin else columns, empty="")


def sync(options: argparse.Namespace) -> int:
    """Sends what journals hold."""
    report = syncing.sync(options.directory, url=options.server, workspace=options.workspace)
    if options.output == "json":
        output.as_json(vars(report))
    else:
        for problem in report.problems:
            output.error(problem)
        parts = [f"{report.journals} run records", f"{report.batches} batches", f"{report.files} files sent"]
        print(", ".join(parts) + f"; {len(report.left)} left, {len(report.busy)} still being written.")
    return 1 if report.left else 0


def _ask_for_token(url: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    import getpass

    print(f"Make a token at {url}/account/tokens/ and paste it here.", file=sys.stderr)
    return getpass.getpass("Token: ")


def _masked(secret: str) -> str:
    return f"{secret[:4]}…" if secret else ""
