"""How the runs of a window stand below each other: one after the other, in groups, or as a tree of nested runs.

A layout holds only the rows that can be seen: what is folded costs nothing but its head.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

from runs.grid import values
from runs.grid.query import GridQuery
from runs.grid.values import Value
from runs.tracking.models import Run
from studio.access.models import Workspace

GROUP, RUN = "group", "run"
MAX_DEPTH = 100
NAMED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One visible row: a run, or the head of a group whose runs are `start` to `end` of the window's ids."""

    kind: str
    key: str  # the run's id, or the group's path as JSON
    depth: int = 0
    children: int = 0
    is_open: bool = False
    is_context: bool = False  # shown because a run below it matches, not for its own sake
    start: int = 0
    end: int = 0

    def as_list(self) -> list[Any]:
        return [self.kind, self.key, self.depth, self.children, self.is_open, self.is_context, self.start, self.end]


@dataclass(frozen=True, slots=True)
class Layout:
    """The ids in the order they are laid out in, and the visible rows; None: the ids are the rows."""

    ids: Sequence[str]
    rows: list[Row] | None = None

    @property
    def count(self) -> int:
        return len(self.ids) if self.rows is None else len(self.rows)

    def part(self, start: int, end: int) -> list[Row]:
        if self.rows is None:
            return [Row(RUN, run_id) for run_id in self.ids[start:end]]
        return self.rows[start:end]


def laid_out(workspace: Workspace, query: GridQuery, ids: Sequence[str]) -> Layout:
    """The ids laid out as the question asks."""
    if query.group:
        return _grouped(workspace, query, ids)
    if query.tree:
        return _nested(workspace, query, ids)
    return Layout(ids)


def _grouped(workspace: Workspace, query: GridQuery, ids: Sequence[str]) -> Layout:
    """Groups in the order of their first run, and so inside each of them."""
    paths = _paths(workspace, query, ids)
    places: dict[tuple[Any, ...], tuple[int, ...]] = {}
    for number, path in enumerate(dict.fromkeys(paths.values())):
        for depth in range(1, len(path) + 1):
            if path[:depth] not in places:
                places[path[:depth]] = (*places.get(path[: depth - 1], ()), number)
    ordered = sorted(ids, key=lambda run_id: places[paths[run_id]])
    rows: list[Row] = []
    _add_groups(rows, query, ordered, paths, (0, len(ordered)), ())
    return Layout(ordered, rows)


def _add_groups(
    rows: list[Row],
    query: GridQuery,
    ids: Sequence[str],
    paths: Mapping[str, tuple[Any, ...]],
    reach: tuple[int, int],
    above: tuple[Any, ...],
) -> None:
    depth, start = len(above), reach[0]
    for word, members in groupby(ids[reach[0] : reach[1]], key=lambda run_id: paths[run_id][depth]):
        end = start + sum(1 for _ in members)
        path = (*above, word)
        key = orjson.dumps(path).decode()
        is_open = key in query.open
        rows.append(Row(GROUP, key, depth, end - start, is_open, start=start, end=end))
        if is_open and len(path) < len(query.group):
            _add_groups(rows, query, ids, paths, (start, end), path)
        elif is_open:
            rows += [Row(RUN, run_id, depth + 1) for run_id in ids[start:end]]
        start = end


def _paths(workspace: Workspace, query: GridQuery, ids: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Each run's group: what its columns say, in the order of the runs."""
    found = [values.column_of(workspace, column, ids) for column in query.group]
    if len(found) == 1:
        only = found[0]
        return {run_id: (_word(only.get(run_id)),) for run_id in ids}
    return {run_id: tuple(_word(one.get(run_id)) for one in found) for run_id in ids}


def _word(value: Value) -> str | float | None:
    """What a group is named by: a number a person would not tell apart from a whole one is one."""
    return value if isinstance(value, str) or value is None else float(f"{value:.12g}")


def _nested(workspace: Workspace, query: GridQuery, ids: Sequence[str]) -> Layout:
    """Parents with their children below them. A match below a run that does not match itself shows that run too."""
    matches = set(ids)
    parents = _parents(workspace, ids)
    context = _context(ids, parents, matches)
    below: dict[str | None, list[str]] = {}
    placed: set[str] = set()
    for run_id in ids:
        for one in reversed(_upwards(run_id, parents)):
            if one not in placed:
                placed.add(one)
                below.setdefault(_known_parent(one, parents), []).append(one)
    rows: list[Row] = []
    # A stack, not recursion: trees may be of any depth.
    waiting = [(run_id, 0) for run_id in reversed(below.get(None, []))]
    while waiting:
        run_id, depth = waiting.pop()
        children = below.get(run_id, [])
        is_open = bool(children) and _is_open(query, run_id, run_id in context)
        rows.append(Row(RUN, run_id, depth, len(children), is_open, run_id in context))
        if is_open:
            waiting += [(child, depth + 1) for child in reversed(children)]
    return Layout(ids, rows)


def _is_open(query: GridQuery, run_id: str, is_context: bool) -> bool:
    """A run that is only there for what is below it opens by itself."""
    return run_id not in query.closed if is_context else run_id in query.open


def _parents(workspace: Workspace, ids: Sequence[str]) -> dict[str, str]:
    """Each run's parent, of the runs named and of all above them."""
    nested = Run.objects.in_workspace(workspace).filter(parent__isnull=False, deleted_at=None).order_by()
    if len(ids) > values.FEW:
        return dict(nested.values_list("pk", "parent_id"))
    found: dict[str, str] = {}
    asked: set[str] = set()
    wanted = list(ids)
    while wanted and len(asked) < values.FEW * MAX_DEPTH:
        asked.update(wanted)
        for start in range(0, len(wanted), NAMED_AT_ONCE):
            found.update(nested.filter(pk__in=wanted[start : start + NAMED_AT_ONCE]).values_list("pk", "parent_id"))
        wanted = [parent for parent in set(found.values()) if parent not in asked]
    return found


def _known_parent(run_id: str, parents: Mapping[str, str]) -> str | None:
    return parents.get(run_id)


def _upwards(run_id: str, parents: Mapping[str, str]) -> list[str]:
    """The run and those above it, up to the top; a circle, which no service makes, ends."""
    chain, seen = [run_id], {run_id}
    while (above := parents.get(chain[-1])) is not None and above not in seen:
        chain.append(above)
        seen.add(above)
    return chain


def _context(ids: Iterable[str], parents: Mapping[str, str], matches: set[str]) -> set[str]:
    """The runs above matches that do not match."""
    return {above for run_id in ids for above in _upwards(run_id, parents)[1:] if above not in matches}
