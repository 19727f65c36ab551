"""The pieces that are parts of a column's text: cut at marks, found by patterns, taken by position."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from atelier.dataflow.examples import operations as op
from atelier.dataflow.examples.operations import Operation
from atelier.dataflow.examples.pieces import Piece, Pool, Task, Values
from atelier.dataflow.expressions.functions import escaped

MOST_MARKS = 14
MOST_CUTS = 60
_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+|\s+|[^\w\s]|_")
_RUN = re.compile(r"[0-9]+|[A-Z]+|[a-z]+|[^\W\d_]+|\s+|.")


def add_parts(pool: Pool, source: Piece, *, thorough: bool) -> None:
    """Puts the source's parts into the pool that occur in what is wanted."""
    if pool.task.is_gathered:
        return
    _add(pool, source)
    marks = marks_of(pool.task, source.values)
    takes = list(_takes(marks, pool.task, source, thorough=thorough))
    for cut in itertools.chain([source], _cuts(source, marks, pool.task, thorough=thorough)):
        _add(pool, cut)
        for take in takes:
            _try(pool, cut, take, thorough)
            if pool.task.is_gathered:
                return


def _try(pool: Pool, cut: Piece, take: Operation, thorough: bool) -> None:
    shown = take.first(cut.values[: len(pool.task.wanted)])
    if not all(shown):
        return
    if pool.may_help(shown):
        _add(pool, take.on(cut))
    elif thorough:
        # What does not occur as a whole may do so by its beginning or its end.
        for small in _SMALL:
            if pool.may_help(small.first(shown)):
                _add(pool, small.on(take.on(cut)))
        return
    if thorough and pool.may_help(_SMALL[0].first(shown)):
        _add(pool, _SMALL[0].on(take.on(cut)))


_SMALL = [op.left(1), op.left(2), op.left(3), op.right(2), op.right(1), op.right(4)]


def _add(pool: Pool, piece: Piece) -> None:
    """The piece itself, in other cases, padded, and its initials."""
    shown = piece.values[: len(pool.task.wanted)]
    if not all(shown):
        return
    pool.add(piece)
    if pool.may_help(shown):
        for case in op.CASES:
            pool.add(case.on(piece))
    if any(value and " " in value.strip() for value in shown):
        for mark in ("", ".", ". "):
            pool.add(op.initials(mark).on(piece))
    if all(value and value.isdigit() for value in shown):
        for width in _widths(pool.task):
            pool.add(op.padded(width).on(piece))


def _widths(task: Task) -> set[int]:
    """How wide the numbers with leading zeros are in what is wanted."""
    return {len(found) for text in task.wanted for found in re.findall(r"0[0-9]+", text)} - {1}


def marks_of(task: Task, values: Values) -> list[str]:
    """What the text may be cut at: signs, and words with signs that occur in every example and in most other rows."""
    shown = [value for value in values[: len(task.wanted)] if value]
    if not shown:
        return []
    signs = [character for character in dict.fromkeys(shown[0]) if not character.isalnum()]
    signs += [sign for text in shown[1:] for sign in dict.fromkeys(text) if not sign.isalnum() and sign not in signs]
    longer = [mark for mark in _runs_of_tokens(shown[0]) if all(mark in text for text in shown)]
    often = [mark for mark in dict.fromkeys(longer) if _share(mark, values) >= 0.6]
    often.sort(key=lambda mark: (any(character.isalnum() for character in mark), len(mark)))
    return [*dict.fromkeys(signs[:8]), *often][:MOST_MARKS]


def _runs_of_tokens(text: str) -> Iterator[str]:
    """Two or three words or signs in a row, with a sign among them."""
    tokens = _TOKEN.findall(text)[:60]
    for length in (2, 3):
        for start in range(len(tokens) - length + 1):
            run = "".join(tokens[start : start + length])
            if len(run) > 1 and not run.isalnum():
                yield run


def _share(mark: str, values: Values) -> float:
    known = [value for value in values if value]
    return sum(1 for value in known if mark in value) / len(known)


def _cuts(source: Piece, marks: Sequence[str], task: Task, *, thorough: bool) -> Iterator[Piece]:
    """What stands before and after marks, in a row each: another look may follow."""
    seen: set[Values] = {source.values}
    made = 0
    for mark in marks:
        nths = (1, -1, 2, -2, 3) if thorough and len(mark) == 1 else (1, -1)
        for operation in [make(mark, nth) for nth in nths for make in (op.after, op.before)]:
            if not all(operation.first(source.values[: len(task.wanted)])):
                continue
            cut = operation.on(source)
            if cut.values not in seen and made < MOST_CUTS:
                seen.add(cut.values)
                made += 1
                yield cut


def _takes(marks: Sequence[str], task: Task, source: Piece, *, thorough: bool) -> Iterator[Operation]:
    for mark in marks:
        for nth in (1, 2, 3, -1, -2, 4) if len(mark) == 1 else (1, 2, -1):
            yield op.part(mark, nth)
        for nth in (1, -1, 2) if thorough else (1, -1):
            yield op.before(mark, nth)
            yield op.after(mark, nth)
    if thorough:
        for pattern, cost in {**op.CLASSES, **shapes_of(task, source)}.items():
            for nth in (1, 2, 3, -1, -2):
                yield op.match(pattern, nth, cost)
    yield from _positions(source, task)


def _positions(source: Piece, task: Task) -> Iterator[Operation]:
    longest = max((len(text) for text in task.wanted), default=0)
    for count in range(1, min(longest, 12) + 1):
        yield op.left(count)
        yield op.right(count)
    for count in range(1, 5):
        yield op.left(-count)
        yield op.right(-count)
    lengths = {len(value) for value in source.values if value}
    if len(lengths) <= 2:
        for start in range(2, min(max(lengths, default=0), 20) + 1):
            for count in range(1, min(longest, 8) + 1):
                yield op.mid(start, count)


def shapes_of(task: Task, source: Piece) -> dict[str, float]:
    """Patterns made after what is wanted, where that stands in the text as it is: `2021-03-05` is digits, -, digits …"""
    found: dict[str, float] = {}
    for wanted, value in zip(task.wanted, source.values):
        for text in {wanted, *re.findall(r"\w+(?:[-./:]\w+)*", wanted)}:
            if value and text in value and 1 < len(text) <= 40:
                found[_shape(text, exact=True)] = 3.0
                found[_shape(text, exact=False)] = 2.9
    return dict(list(found.items())[:12])


def _shape(text: str, *, exact: bool) -> str:
    classes = []
    for run in _RUN.findall(text):
        kind = "[0-9]" if run.isdigit() else "[A-Z]" if run.isupper() else "[a-z]" if run.islower() else ""
        if run.isspace():
            classes.append(r"\s+")
        elif not kind:
            classes.append(escaped(run) if not run.isalpha() else r"[^\W\d_]+")
        else:
            classes.append(f"{kind}{{{len(run)}}}" if exact else f"{kind}+")
    return "".join(classes)
