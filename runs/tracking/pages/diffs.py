"""Differences between two runs' code as a page shows them: one column or two, with line numbers."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.http import QueryDict

from runs.tracking.models import Run
from runs.tracking.queries import code as code_queries
from runs.tracking.queries.code import DiffLine
from studio.web.files import Entry

USUAL_NAMES = ("train.py", "main.py", "README.md")


@dataclass(frozen=True, slots=True)
class SidePair:
    """What stands on the left and on the right of one row."""

    left: DiffLine | None
    right: DiffLine | None
    hunk: str = ""


@dataclass(frozen=True, slots=True)
class FileChange:
    path: str
    change: str
    note: str
    added: int
    removed: int
    lines: Sequence[DiffLine]
    pairs: Sequence[SidePair]


@dataclass(frozen=True, slots=True)
class CodeChange:
    """All files that differ from `old` to `new`."""

    old: Run
    new: Run
    files: Sequence[FileChange]
    is_truncated: bool
    is_split: bool
    is_same: bool


def code_page(runs: Sequence[Run], query: QueryDict) -> dict[str, Any]:
    """The code of two of the runs: `?from=` and `?to=`, else the first and the next one whose code is another."""
    kept = [run for run in runs if run.snapshot_id]
    old = _named(kept, query.get("from", ""), kept[0])
    others = [run for run in kept if run.pk != old.pk]
    usual = next((run for run in others if run.snapshot_id != old.snapshot_id), others[0])
    new = _named(others, query.get("to", ""), usual)
    return {"diff": between(old, new, layout=query.get("layout", "")), "with_code": kept, "other_code": others}


def _named(runs: Sequence[Run], run_id: str, usual: Run) -> Run:
    return next((run for run in runs if run.pk == run_id), usual)


def between(old: Run, new: Run, *, layout: str = "") -> CodeChange:
    """What changed in the code from `old` to `new`; `layout` "split" puts the two side by side."""
    is_split = layout == "split"
    if old.snapshot is None or new.snapshot is None or old.snapshot == new.snapshot:
        return CodeChange(old, new, (), False, is_split, True)
    found = code_queries.diff(old.snapshot, new.snapshot)
    changes = [_change(one, is_split) for one in found.files]
    return CodeChange(old, new, changes, found.is_truncated, is_split, not changes)


def _change(found: code_queries.FileDiff, is_split: bool) -> FileChange:
    return FileChange(
        path=found.path,
        change=found.change,
        note=found.note,
        added=sum(line.kind == "added" for line in found.lines),
        removed=sum(line.kind == "removed" for line in found.lines),
        lines=found.lines,
        pairs=list(_paired(found.lines)) if is_split else (),
    )


def _paired(lines: Sequence[DiffLine]) -> Iterator[SidePair]:
    """Two columns: what was taken away stands beside what came in its place."""
    removed: list[DiffLine] = []
    added: list[DiffLine] = []
    for line in lines:
        if line.kind == "removed":
            removed.append(line)
            continue
        if line.kind == "added":
            added.append(line)
            continue
        yield from _beside(removed, added)
        removed, added = [], []
        yield SidePair(None, None, line.text) if line.kind == "hunk" else SidePair(line, line)
    yield from _beside(removed, added)


def _beside(removed: Sequence[DiffLine], added: Sequence[DiffLine]) -> Iterator[SidePair]:
    for left, right in zip_longest(removed, added):
        yield SidePair(left, right)


def first_file(entries: Sequence[Entry], command: str) -> str:
    """The file to show first: the script the command starts, else one of a usual name, else the first."""
    paths = [entry.path for entry in entries if not entry.is_dir]
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    wanted = [word.removeprefix("./") for word in words] + list(USUAL_NAMES)
    return next((name for name in wanted if name in paths), paths[0] if paths else "")
