"""`atelier model …`"""

from __future__ import annotations

import argparse
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from atelier import _errors, _models
from atelier._cli import output, session

MODEL_COLUMNS = (("NAME", "name"), ("VERSION", "last_version"), ("ALIASES", "named"), ("UPDATED", "when"))
VERSION_COLUMNS = (
    ("VERSION", "version"),
    ("ALIASES", "named"),
    ("STAGE", "stage"),
    ("RUN", "run_id"),
    ("SOURCE", "source"),
    ("REGISTERED", "when"),
)


def list_models(options: argparse.Namespace) -> None:
    """Lists models."""
    rows = list(islice(_of(options).search(options.filter or ""), options.limit))
    shown = ({**row, "named": _named(row["aliases"]), "when": output.ago(row["updated_at"])} for row in rows)
    output.rows(
        options, rows, MODEL_COLUMNS, empty="There are no models yet. `atelier model register` makes one.", shown=shown
    )


def show(options: argparse.Namespace) -> None:
    """Shows a model with its versions, or one version."""
    models = _of(options)
    if options.version:
        output.record(options, models.version(options.name, options.version))
        return
    model, versions = models.get(options.name), list(islice(models.versions(options.name), 50))
    if options.output == "json":
        output.as_json({**model, "versions": versions})
        return
    output.pairs({key: model[key] for key in ("name", "description", "tags", "updated_at", "url")})
    shown = (
        {**row, "named": ", ".join(row["aliases"]), "when": output.ago(row["created_at"])} for row in versions
    )  # fmt: skip
    output.table(shown, VERSION_COLUMNS, empty="It has no versions yet.")


def create(options: argparse.Namespace) -> None:
    """Makes the next version that a model file describes."""
    made = _of(options).create_from_file(options.file, say=output.say)
    output.done(options, made, f"{made['model']} has version {made['version']} now: {made['url']}")


def register(options: argparse.Namespace) -> None:
    """Makes the next version of a model."""
    is_local = options.source.startswith(("./", "../", "/", "~"))
    source = Path(options.source) if is_local else options.source
    made = _of(options).register(options.name, source, aliases=options.alias, description=options.description or "")
    output.done(options, made, f"{made['model']} has version {made['version']} now: {made['url']}")


def alias(options: argparse.Namespace) -> None:
    """Sets or removes an alias."""
    if options.remove:
        _of(options).delete_alias(options.name, options.alias)
        output.say(f"@{options.alias} leads nowhere now.")
        return
    found = _of(options).set_alias(options.name, options.alias, options.version)
    output.say(f"@{options.alias} leads to version {found['version']} of {found['model']}.")


def stage(options: argparse.Namespace) -> None:
    """Moves a version into a stage."""
    found = _of(options).update_version(
        options.name, options.version, stage=options.stage, archive_existing=options.archive_existing
    )
    output.say(f"Version {found['version']} of {found['model']} is in the stage {found['stage']}.")


def edit(options: argparse.Namespace) -> None:
    """Changes a model or a version."""
    tags: dict[str, str | None] = {**session.changes(options.tag), **dict.fromkeys(options.remove)}
    given: dict[str, Any] = {"description": options.description, "tags": tags or None}
    if options.card and not options.version:
        raise _errors.UsageError("A card belongs to a version: name it with --version.")
    if options.version:
        given["card"] = _text_of(options.card) if options.card else None
        if options.new_name:
            raise _errors.UsageError("A version has a number, not a name: leave --name or --version out.")
        output.record(options, _of(options).update_version(options.name, options.version, **given))
    else:
        output.record(options, _of(options).update(options.name, new_name=options.new_name, **given))


def _text_of(path: str) -> str:
    if path == "-":
        return sys.stdin.read()
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise _errors.UsageError(f"{path} can't be read: {error.strerror}.") from error


def delete(options: argparse.Namespace) -> None:
    """Deletes a version, or a model with all of them."""
    what = f"version {options.version} of {options.name}" if options.version else f"{options.name} with all versions"
    if not options.yes:
        output.ask(f"Delete {what}?")
    _of(options).delete(options.name, options.version)
    output.say(f"Deleted {what}.")


def download(options: argparse.Namespace) -> None:
    """Saves the files of a version."""
    folder = options.to or "model"
    saved = _of(options).download(options.name, folder, options.version or "latest")
    output.saved(options, saved, folder)


def _of(options: argparse.Namespace) -> _models.Models:
    return session.workspace(options).models


def _named(aliases: dict[str, int]) -> str:
    return ", ".join(f"{name}={number}" for name, number in aliases.items())
