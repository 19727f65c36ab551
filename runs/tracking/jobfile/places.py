"""Paths and addresses as job files write them."""

import re

from runs.tracking.jobfile.reader import Tree
from runs.tracking.jobfile.values import Check

SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+):")
_FILLED = re.compile(r"\$\{\{\s*(name|output_name|default_datastore)\s*\}\}")


def local(check: Check, tree: Tree, path: str, given: str, advice: str) -> str:
    """A path on the submitter's machine; an address there is a problem."""
    given = given.removeprefix("file://").removeprefix("file:").strip() if given.startswith("file:") else given
    match = SCHEME.match(given)
    if match and len(match[1]) > 1:
        check.wrong(path, tree.place, f"{match[1]}: addresses can't be read by this version; {advice}")
        return ""
    return given


def filled(path: str, *, run: str, output: str, datastore: str) -> str:
    """An output's path with `${{name}}` (the run), `${{output_name}}` and `${{default_datastore}}` put in."""
    values = {"name": run, "output_name": output, "default_datastore": datastore}
    return _FILLED.sub(lambda match: values[match[1]], path)
