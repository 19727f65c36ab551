"""The pieces that are numbers: scaled, calculated from two columns, rounded, written with separators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from atelier.dataflow.examples import operations as op
from atelier.dataflow.examples.pieces import Piece, Pool, Task
from atelier.dataflow.expressions import text as quoted

Number = Optional[float]

_NUMBER = re.compile(r"[-+]?(?:[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+)")
_TOKEN = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?")
SCALES = [
    1.0, 100.0, 1000.0, 10.0, 1e6, 60.0, 3600.0, 24.0, 7.0, 12.0, 1024.0, 1048576.0, 2.54, 0.3048, 0.9144, 1.609344,
    0.45359237, 28.349523125, 3.785411784, 1e9, 365.0,
]  # fmt: skip
_DIVIDED = [100.0, 1000.0, 10.0, 1e6, 60.0, 3600.0, 24.0, 7.0, 12.0, 1024.0, 1048576.0, 2.54, 1e9, 365.0, 1.609344]


def add_numbers(pool: Pool, columns: Sequence[Piece]) -> None:
    """Puts the numbers into the pool that can be made of the columns' numbers."""
    if not any(_TOKEN.search(text) for text in pool.task.wanted):
        return
    bases = [base for column in columns for base in _bases(column, pool.task)][:8]
    for expression, values, cost in bases:
        _add_scaled(pool, expression, values, cost)
    for first in bases:
        for second in bases:
            if first is not second and not pool.task.is_gathered:
                _add_pair(pool, first, second)
    for column in columns:
        _add_counts(pool, column)


Base = tuple[str, list[Number], float]


def _bases(column: Piece, task: Task) -> Iterator[Base]:
    """The number in a text; the others too, where there are several."""
    values = [_first(value) for value in column.values]
    if all(value is not None for value in values[: len(task.wanted)]):
        yield _number_of(column), values, column.cost
    second = op.match(r"[0-9]+(?:\.[0-9]+)?", 2, 2.0).on(column)
    numbers = [_first(value) for value in second.values]
    if all(value is not None for value in numbers[: len(task.wanted)]):
        yield f"number({second.expression})", numbers, second.cost


def _number_of(column: Piece) -> str:
    """`number([a])` of a text and of a number alike."""
    inner = column.expression
    return f"number({inner[5:-1] if inner.startswith('text([') else inner})"


def _first(value: str | None) -> Number:
    found = _NUMBER.search(value or "")
    return float(found.group().replace(",", "")) if found else None


def _add_scaled(pool: Pool, expression: str, values: Sequence[Number], cost: float) -> None:
    tokens = [[token.replace(",", "") for token in _TOKEN.findall(text)] for text in pool.task.wanted]
    for sign, factor, extra in _factors():
        scaled = [None if value is None else (value * factor if sign == "*" else value / factor) for value in values]
        if _fits(scaled, tokens):
            _add_written(pool, expression if factor == 1 else f"{expression} {sign} {factor:g}", scaled, cost + extra)
    for slope, shift in _lines(values, tokens):
        moved = [None if value is None else value * slope + shift for value in values]
        if _fits(moved, tokens):
            shown = f"{expression} * {slope!r}" if slope != 1 else expression
            shown += f" {'-' if shift < 0 else '+'} {abs(shift)!r}" if shift else ""
            _add_written(pool, shown, moved, cost + 2.5)


def _factors() -> Iterator[tuple[str, float, float]]:
    for place, factor in enumerate(SCALES):
        yield "*", factor, 0.0 if factor == 1 else 1.5 + 0.05 * place
    for place, factor in enumerate(_DIVIDED):
        yield "/", factor, 1.5 + 0.05 * place


def _fits(values: Sequence[Number], tokens: list[list[str]]) -> bool:
    """Whether every example has a number among its own that this could have been rounded to."""
    return all(
        value is not None and any(abs(value - float(token)) <= _half(token) for token in found)
        for value, found in zip(values, tokens)
    )


def _half(token: str) -> float:
    """Half of the last digit."""
    return 0.5000001 * 10.0 ** -len(token.partition(".")[2])


def _lines(values: Sequence[Number], tokens: list[list[str]]) -> Iterator[tuple[float, float]]:
    """Straight lines through the examples: as many as three have to lie on one, or two for a plain sum."""
    if len(tokens) < 2 or any(not found for found in tokens) or any(value is None for value in values[: len(tokens)]):
        return
    points = [(float(value or 0.0), float(found[0])) for value, found in zip(values, tokens)]
    (x1, y1), (x2, y2) = points[:2]
    if x1 == x2:
        return
    slope = round((y2 - y1) / (x2 - x1), 6)
    shift = round(y1 - slope * x1, 6)
    if shift and (slope == 1 or len(points) > 2):
        yield slope, shift
    elif not shift and len(points) > 1:
        yield slope, 0.0


def _add_pair(pool: Pool, first: Base, second: Base) -> None:
    tokens = [[token.replace(",", "") for token in _TOKEN.findall(text)] for text in pool.task.wanted]
    (one, ones, cost), (two, twos, more) = first, second
    for sign, calculate in _PAIRS.items():
        if sign in "+*" and one > two:
            continue
        values = [None if a is None or b is None else calculate(a, b) for a, b in zip(ones, twos)]
        if _fits(values, tokens):
            _add_written(pool, f"({one} {sign} {two})", values, cost + more + 0.8)
        if sign == "/" and _fits([None if value is None else value * 100 for value in values], tokens):
            hundred = [None if value is None else value * 100 for value in values]
            _add_written(pool, f"{one} / {two} * 100", hundred, cost + more + 1.8)


def _divided(one: float, two: float) -> Number:
    return one / two if two else None


_PAIRS = {
    "+": lambda one, two: one + two,
    "-": lambda one, two: one - two,
    "*": lambda one, two: one * two,
    "/": _divided,
}


def _add_written(pool: Pool, expression: str, values: Sequence[Number], cost: float) -> None:
    found = [token for text in pool.task.wanted for token in _TOKEN.findall(text)]
    decimals = {len(token.partition(".")[2]) for token in found}
    has_commas = any("," in token for token in found)
    if len(decimals) > 1:
        _add_shortest(pool, expression, values, cost, max(decimals))
    for count in sorted(decimals):
        for thousands in ("", ",") if has_commas else ("",):
            written = tuple(None if value is None else as_written(value, count, thousands) for value in values)
            rest = f", {quoted(thousands)}" if thousands else ""
            pool.add(Piece(f"format_number({expression}, {count}{rest})", written, cost + 1.6))
            if not count and not thousands:
                for width in {len(token) for token in found if token.startswith("0")} - {1}:
                    pool.add(op.padded(width).on(Piece(f"format_number({expression}, 0)", written, cost + 1.6)))


def _add_shortest(pool: Pool, expression: str, values: Sequence[Number], cost: float, decimals: int) -> None:
    """As many decimals as each number needs."""
    trim = op.rewritten(r"\.?0+$", "", 0.6)
    written = tuple(None if value is None else as_written(value, decimals) for value in values)
    if decimals:
        pool.add(trim.on(Piece(f"format_number({expression}, {decimals})", written, cost + 1.6)))


def as_written(value: float, decimals: int, thousands: str = "") -> str:
    """A number with that many decimals, halves away from zero: as `format_number` writes it."""
    units = int(round(abs(value) * 10**decimals, 6) + 0.5)
    whole, rest = divmod(units, 10**decimals)
    text = f"{whole:,}".replace(",", thousands) + (f".{rest:0{decimals}}" if decimals else "")
    return f"-{text}" if value < 0 and units else text


def _add_counts(pool: Pool, column: Piece) -> None:
    """How long the text is, how many words it has."""
    lengths = tuple(None if value is None else str(len(value)) for value in column.values)
    pool.add(Piece(f"text(length({column.expression}))", lengths, column.cost + 3.0))
    for mark in (" ", ",", ";"):
        counts = tuple(None if value is None else str(value.count(mark) + 1) for value in column.values)
        expression = f"text(count({column.expression}, {quoted(mark)}) + 1)"
        pool.add(Piece(expression, counts, column.cost + 3.4))
