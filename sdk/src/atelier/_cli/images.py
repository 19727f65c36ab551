"""`atelier image …`"""

from __future__ import annotations

import argparse
from itertools import islice
from typing import Any

from atelier import _images
from atelier._cli import output, session

COLUMNS = (("NAME", "name"), ("VERSION", "last_version"), ("TAGS", "named"), ("UPDATED", "when"))
VERSION_COLUMNS = (
    ("VERSION", "version"),
    ("STATE", "state"),
    ("MODELS", "packed"),
    ("TAGS", "aliases"),
    ("SIZE", "size"),
    ("REFERENCE", "reference"),
    ("ASKED FOR", "when"),
)
SHOWN = (
    "image", "version", "state", "problem", "type", "reference", "digest", "size", "packed", "environment",
    "scoring_script", "base", "connection", "aliases", "tags", "description", "used_by", "created_at", "url",
)  # fmt: skip
FAILED = 1


def build(options: argparse.Namespace) -> int | None:
    """Builds an image."""
    made = _of(options).build(
        options.model,
        name=options.name,
        code=options.code,
        script=options.script,
        environment=options.environment,
        base=options.base,
        type=options.type,
        connection=options.registry,
        description=options.description,
        tags=session.changes(options.tag),
        say=output.say,
    )
    return _after(options, made, "is built already" if made["state"] == "ready" else f"is {made['state']}")


def list_images(options: argparse.Namespace) -> None:
    """Lists images."""
    rows = list(islice(_of(options).list(options.filter or ""), options.limit))
    shown = ({**row, "named": row["tags"], "when": output.ago(row["updated_at"])} for row in rows)
    output.rows(options, rows, COLUMNS, empty="There are no images yet. `atelier image build` makes one.", shown=shown)


def show(options: argparse.Namespace) -> None:
    """Shows an image with its versions, or one version."""
    images = _of(options)
    if options.version:
        found = images.version(options.name, options.version)
        output.record(
            options, found if options.output == "json" else _shown(found), () if options.output == "json" else SHOWN
        )
        return
    image, versions = images.get(options.name), list(islice(images.versions(options.name), 50))
    if options.output == "json":
        output.as_json({**image, "versions": versions})
        return
    output.pairs({key: image[key] for key in ("name", "description", "tags", "updated_at", "url")})
    output.table((_shown(row) for row in versions), VERSION_COLUMNS, empty="It has no versions any more.")


def log(options: argparse.Namespace) -> None:
    """Prints the log of a build."""
    images = _of(options)
    pieces = (
        images.stream(options.name, options.version) if options.follow else [images.log(options.name, options.version)]
    )
    for piece in pieces:
        output.write_log(piece)


def cancel(options: argparse.Namespace) -> None:
    """Stops a build."""
    found = _of(options).cancel(options.name, options.version)
    output.done(options, found, f"{_name(found)} is {found['state']}.")


def retry(options: argparse.Namespace) -> int | None:
    """Tries a build again."""
    found = _of(options).retry(options.name, options.version)
    return _after(options, found, "is tried again")


def tag(options: argparse.Namespace) -> None:
    """Sets or removes a tag."""
    if options.remove:
        _of(options).untag(options.name, options.word)
        output.say(f"{options.word} leads nowhere now.")
        return
    found = _of(options).tag(options.name, options.word, options.version)
    output.done(options, found, f"{options.word} leads to {_name(found)}.")


def sbom(options: argparse.Namespace) -> None:
    """Prints the packages of an image."""
    output.as_json(_of(options).sbom(options.name, options.version))


def delete(options: argparse.Namespace) -> None:
    """Deletes a version, or an image with all of them."""
    what = f"version {options.version} of {options.name}" if options.version else f"{options.name} with all versions"
    if not options.yes:
        output.ask(f"Delete {what}?")
    _of(options).delete(options.name, options.version)
    output.say(f"Deleted {what}.")


def _after(options: argparse.Namespace, made: dict[str, Any], words: str) -> int | None:
    """Says what was asked for; with --stream, follows the build to its end."""
    if not options.stream:
        output.done(options, made, f"{_name(made)} {words}: {made['url']}")
        return None
    images = _of(options)
    output.say(f"{_name(made)} {words}: {made['url']}")
    for piece in images.stream(made["image"], made["version"]):
        output.write_log(piece)
    found = images.wait(made["image"], made["version"])
    sentence = found["reference"] if found["state"] == "ready" else f"{found['state']}. {found['problem']}".strip()
    output.done(options, found, f"{_name(found)} is {sentence}")
    return None if found["state"] == "ready" else FAILED


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    packed = [f"{each['model']}:{each['version']}" for each in row["models"]]
    return {**row, "packed": packed, "when": output.ago(row["created_at"])}


def _name(row: dict[str, Any]) -> str:
    return f"{row['image']}:{row['version']}"


def _of(options: argparse.Namespace) -> _images.Images:
    return session.workspace(options).images
