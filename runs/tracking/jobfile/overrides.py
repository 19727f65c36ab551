"""`--set inputs.lr=0.1`: values that replace those of the file before it is judged."""

from collections.abc import Mapping
from typing import Any

from runs.tracking.jobfile.problems import Place, Problem, refuse
from runs.tracking.jobfile.reader import Entry, Scalar, Table, Tree, from_plain, scalar_of

MAX_OVERRIDES = 200
MAX_PATH = 250


def apply(table: Table, overrides: Mapping[str, Any]) -> None:
    """Put each value at its dotted path; levels on the way that are missing are made."""
    if len(overrides) > MAX_OVERRIDES:
        refuse("--set", Problem("set", Place(0, 0), f"more than {MAX_OVERRIDES} values are set"))
    for path, value in overrides.items():
        place = Place(0, 0, note=f"--set {str(path)[:80]}")
        parts = str(path).split(".")
        if len(str(path)) > MAX_PATH or not all(part.strip() for part in parts):
            refuse("--set", Problem(str(path)[:80], place, "give a path such as inputs.lr"))
        _put(table, [part.strip() for part in parts], _tree(value, place), place)


def _tree(value: Any, place: Place) -> Tree:
    return scalar_of(value, place) if isinstance(value, str) else from_plain(value, place)


def _put(table: Table, parts: list[str], tree: Tree, place: Place) -> None:
    for depth, part in enumerate(parts[:-1]):
        entry = table.entries.get(part)
        if entry is None or (isinstance(entry.tree, Scalar) and entry.tree.value is None):
            entry = Entry(place, Table(place))
            table.entries[part] = entry
        if not isinstance(entry.tree, Table):
            path = ".".join(parts)
            refuse(
                "--set",
                Problem(path, place, f"{'.'.join(parts[: depth + 1])} is a value, so it holds no {parts[-1]!r}"),
            )
        table = entry.tree
    table.entries[parts[-1]] = Entry(place, tree)
