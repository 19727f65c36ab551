"""`atelier component …` and `atelier pipeline check`."""

from __future__ import annotations

import argparse

from atelier._cli import kept_versions, output, session
from atelier._pipelines import components as _components

FAILED = 1
COLUMNS = (("REFERENCE", "reference"), ("LABEL", "label"), ("CATEGORY", "category"))


def list_components(options: argparse.Namespace) -> None:
    """Lists components."""
    rows = _of(options).list(options.search, category=options.category, source=options.source)
    output.rows(options, rows, COLUMNS, empty="There are none.")


def show(options: argparse.Namespace) -> None:
    """Shows a component, or one version with its file."""
    output.record(options, _of(options).get(options.name, options.version))


def create(options: argparse.Namespace) -> None:
    """Registers a version of a component file."""
    made = _of(options).create(options.file, version=options.version, say=output.say)
    output.done(options, made, f"{made['reference']} is registered: {made['url']}")


def archive(options: argparse.Namespace) -> None:
    """Hides a component, or takes a version out of what `latest` means."""
    kept_versions.archive(options, _of(options).archive, wanted=True)


def restore(options: argparse.Namespace) -> None:
    """Takes an archived component or version back."""
    kept_versions.archive(options, _of(options).archive, wanted=False)


def delete(options: argparse.Namespace) -> None:
    """Deletes a version, or a component with all of them."""
    kept_versions.delete(options, _of(options).delete)


def check(options: argparse.Namespace) -> int | None:
    """Says what is wrong with a pipeline file; the exit code is 1 when something is."""
    problems = session.workspace(options).check_pipeline(options.file)
    if options.output == "json":
        output.as_json(problems)
        return FAILED if problems else None
    for problem in problems:
        place = f"{options.file}:{problem['line']}:{problem['column']}: " if problem["line"] else ""
        node = f"{problem['node']}: " if problem["node"] and not place else ""
        output.say(f"{place}{node}{problem['sentence']}")
    if problems:
        return FAILED
    output.say(f"{options.file} can run.")
    return None


def _of(options: argparse.Namespace) -> _components.Components:
    return session.workspace(options).components
