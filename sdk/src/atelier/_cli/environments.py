"""`atelier environment …`"""

from __future__ import annotations

import argparse
from itertools import islice
from typing import Any

from atelier import _environments
from atelier._cli import kept_versions, output, session

FAILED = 1
COLUMNS = (("NAME", "name"), ("LATEST", "latest"), ("VERSIONS", "versions"), ("UPDATED", "when"))
CURATED_COLUMNS = (("NAME", "name"), ("PYTHON", "python"), ("PACKAGES", "held"))
CONTENT_COLUMNS = (("ID", "id"), ("KIND", "kind"), ("PYTHON", "python"), ("PACKAGES", "count"), ("RUNS", "run_count"))
VERSION_COLUMNS = (
    ("VERSION", "version"),
    ("KIND", "kind"),
    ("PYTHON", "python"),
    ("PACKAGES", "count"),
    ("REGISTERED", "when"),
)
BUILD_COLUMNS = (
    ("BUILD", "id"),
    ("FORM", "form"),
    ("STATE", "state"),
    ("REFERENCE", "reference"),
    ("PROBLEM", "problem"),
)


def list_environments(options: argparse.Namespace) -> None:
    """Lists environments."""
    api = _of(options)
    if options.curated:
        rows = api.curated()
        shown = ({**row, "held": ", ".join(row["packages"])} for row in rows)
        output.rows(options, rows, CURATED_COLUMNS, empty="None ship.", shown=shown)
    elif options.contents:
        rows = list(islice(api.contents(), options.limit))
        shown = ({**row, "count": len(row["packages"])} for row in rows)
        empty = "There are no environments yet. The first job makes one."
        output.rows(options, rows, CONTENT_COLUMNS, empty=empty, shown=shown)
    else:
        rows = list(islice(api.list(options.search or "", archived=options.archived), options.limit))
        shown = ({**row, "when": output.ago(row["updated_at"])} for row in rows)
        empty = "There are no environments yet. `atelier environment create -f env.yml` makes one."
        output.rows(options, rows, COLUMNS, empty=empty, shown=shown)


def show(options: argparse.Namespace) -> None:
    """Shows an environment with its versions, one version with its builds, or a content by its number."""
    api = _of(options)
    if options.version:
        output.record(options, api.version(options.name, options.version))
        return
    if options.name.isdigit():
        output.record(options, api.content(options.name))
        return
    found, versions = api.get(options.name), list(islice(api.versions(options.name), 50))
    if options.output == "json":
        output.as_json({**found, "versions": versions})
        return
    output.pairs({key: found[key] for key in ("name", "description", "tags", "updated_at", "url")})
    output.table(map(_shown, versions), VERSION_COLUMNS, empty="It has no versions.")


def create(options: argparse.Namespace) -> None:
    """Registers a version of an environment file."""
    made = _of(options).create_from_file(
        options.file, name=options.name or "", version=options.version or "", say=output.say
    )
    output.done(options, made, f"{made['name']}:{made['version']} is registered: {made['url']}")


def build(options: argparse.Namespace) -> int | None:
    """Has an environment built."""
    api = _of(options)
    made = api.build(options.name, options.form)
    if options.retry and made["state"] in ("failed", "canceled"):
        made = api.retry(made["id"])
    if not options.stream or made["state"] == "ready":
        output.done(options, made, _sentence(options.name, made))
        return FAILED if options.stream and made["state"] != "ready" else None
    for piece in api.stream(made["id"]):
        output.write_log(piece)
    found = api.wait(made["id"])
    output.done(options, found, _sentence(options.name, found))
    return None if found["state"] == "ready" else FAILED


def archive(options: argparse.Namespace) -> None:
    """Hides an environment, or takes a version out of what `latest` means."""
    kept_versions.archive(options, _of(options).update, wanted=True)


def restore(options: argparse.Namespace) -> None:
    """Takes an archived environment or version back."""
    kept_versions.archive(options, _of(options).update, wanted=False)


def delete(options: argparse.Namespace) -> None:
    """Deletes a version, or an environment with all of them."""
    kept_versions.delete(options, _of(options).delete)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    content = row["content"]
    facts = {"kind": content["kind"], "python": content["python"], "count": len(content["packages"])}
    return {**row, **facts, "when": output.ago(row["created_at"])}


def _sentence(name: str, build: dict[str, Any]) -> str:
    more = build["reference"] if build["state"] == "ready" else build["problem"]
    return f"{name} as {build['form']} is {build['state']}. {more}".strip()


def _of(options: argparse.Namespace) -> _environments.Environments:
    return session.workspace(options).environments
