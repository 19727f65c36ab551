"""Wanted values that only a table explains: few different values, each always with the same result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from atelier.dataflow.examples.pieces import Piece, Task
from atelier.dataflow.expressions import text as quoted

MOST_VALUES = 30


def lookups(task: Task, columns: Sequence[Piece]) -> Iterator[Piece]:
    """A table for every column of which each value has been shown; the examples are it."""
    for column in columns:
        known = _known(task, column)
        if known is None:
            continue
        values = tuple(known.get(value or "") if value is not None else None for value in column.values)
        pairs = ", ".join(f"{quoted(old)}, {quoted(new)}" for old, new in known.items())
        yield Piece(f"lookup({column.expression}, {pairs})", values, column.cost + 4.0 + 0.8 * len(known))


def _known(task: Task, column: Piece) -> dict[str, str] | None:
    known: dict[str, str] = {}
    for value, wanted in zip(column.values, task.wanted):
        if value is None or known.setdefault(value, wanted) != wanted:
            return None
    others = {value for value in column.values[task.shown :] if value is not None}
    is_table = 1 < len(known) <= MOST_VALUES and others and others <= set(known)
    return known if is_table and len(set(column.values)) < len(column.values) else None
