"""The texts to look at: the columns as they are, and seen through one change of the whole text."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from atelier.dataflow.examples import operations as op
from atelier.dataflow.examples.operations import Operation
from atelier.dataflow.examples.pieces import Piece, Task
from atelier.dataflow.expressions import quoted

LONGEST = 1000  # characters; longer texts are documents, not values


def columns_of(task: Task, columns: Sequence[str]) -> Iterator[Piece]:
    """Each column as text."""
    for column in columns:
        values = [row.get(column) for row in task.rows]
        if any(isinstance(value, str) and len(value) > LONGEST for value in values):
            continue
        if all(value is None or isinstance(value, str) for value in values):
            yield Piece(quoted(column), tuple(str(value) if value is not None else None for value in values), 1.0)
        elif not any(isinstance(value, (list, dict)) for value in values):
            yield Piece(f"text({quoted(column)})", tuple(_text(value) for value in values), 1.2)


def _text(value: Any) -> str | None:
    """A value as Polars writes it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(value)


def views_of(task: Task, column: Piece) -> Iterator[tuple[Piece, bool]]:
    """The column seen otherwise, and whether it is worth a thorough look."""
    for operation, thorough in _changes(task, column):
        view = operation.on(column)
        if view.values != column.values:
            yield view, thorough

    for sign in {sign for value in column.values if value for sign in value if sign in " _-"}:
        joined = op.replaced(sign, "").on(op.CASES[2].on(column))
        yield joined, False
        yield op.LOWER_FIRST.on(joined), False


def _changes(task: Task, column: Piece) -> Iterator[tuple[Operation, bool]]:
    yield op.CLEAN, True
    yield op.TRIM, False
    yield op.DIGITS, False
    yield op.rewritten(r"[^\w\s]", "", 2.6), False
    yield op.rewritten(r"\s+", "", 2.6), False
    inside = "".join(value or "" for value in column.values[: len(task.wanted)])
    wanted = "".join(task.wanted)
    signs = [sign for sign in dict.fromkeys(inside) if not sign.isalnum()][:6]
    new = [sign for sign in dict.fromkeys(wanted) if not sign.isalnum()][:5]
    for old in signs:
        for sign in ("", *new):
            if sign != old:
                yield op.replaced(old, sign), False
    for sign in dict.fromkeys(["", *new]):
        yield op.rewritten("[^A-Za-z0-9]+", sign, 3.2), False
        if sign:
            yield op.rewritten("([a-z0-9])([A-Z])", f"$1{sign}$2"), False
