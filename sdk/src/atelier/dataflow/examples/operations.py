"""The operations that take one text out of another: in Python for the search, and as the expression they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from atelier.dataflow.examples.pieces import Piece, Value
from atelier.dataflow.expressions import text as quoted

CLASSES = {
    "[0-9]+": 2.2,
    r"[^\W\d_]+": 2.4,
    "[A-Z]+": 2.6,
    "[a-z]+": 2.7,
    "[A-Za-z0-9]+": 2.4,
    r"\S+": 2.1,
    r"[0-9]+(?:\.[0-9]+)?": 2.6,
    "[A-Z][a-z]+": 2.7,
}


@dataclass(frozen=True)
class Operation:
    """Text in, text out or nothing; `written` makes the expression around the one that gives the text."""

    carry_out: Callable[[str], Value]
    written: Callable[[str], str]
    cost: float

    def on(self, piece: Piece) -> Piece:
        """The piece this makes of another."""
        values = tuple(None if value is None else self.carry_out(value) for value in piece.values)
        return Piece(self.written(piece.expression), values, piece.cost + self.cost)

    def first(self, values: Iterable[Value]) -> list[Value]:
        """Only the values of some rows, to see whether it is worth more."""
        return [None if value is None else self.carry_out(value) for value in values]


def _call(name: str, *arguments: object) -> Callable[[str], str]:
    rest = "".join(f", {quoted(value) if isinstance(value, str) else value}" for value in arguments)
    return lambda inner: f"{name}({inner}{rest})"


def _far(nth: int) -> float:
    return {1: 0.0, -1: 0.25}.get(nth, 0.5 * abs(nth))


def before(mark: str, nth: int = 1) -> Operation:
    def carry_out(value: str) -> Value:
        parts = value.split(mark)
        return mark.join(parts[:nth]) if len(parts) > abs(nth) else None

    return Operation(carry_out, _call("before", mark, *_nth(nth)), 2.0 + _far(nth) + _odd(mark))


def after(mark: str, nth: int = 1) -> Operation:
    def carry_out(value: str) -> Value:
        parts = value.split(mark)
        return mark.join(parts[nth:]) if len(parts) > abs(nth) else None

    return Operation(carry_out, _call("after", mark, *_nth(nth)), 2.0 + _far(nth) + _odd(mark))


def _nth(nth: int) -> tuple[int, ...]:
    return () if nth == 1 else (nth,)


def part(mark: str, nth: int) -> Operation:
    place = nth - 1 if nth > 0 else nth

    def carry_out(value: str) -> Value:
        parts = value.split(mark)
        return parts[place] if -len(parts) <= place < len(parts) else None

    return Operation(carry_out, _call("part", mark, nth), 2.1 + _far(nth) + _odd(mark))


def match(pattern: str, nth: int, cost: float) -> Operation:
    compiled, place = re.compile(pattern), nth - 1 if nth > 0 else nth

    def carry_out(value: str) -> Value:
        found = [match.group() for match in compiled.finditer(value)]
        return found[place] if -len(found) <= place < len(found) else None

    arguments = (pattern,) if nth == 1 else (pattern, nth)
    return Operation(carry_out, _call("match", *arguments), cost + _far(nth))


def left(count: int) -> Operation:
    cost = 1.6 if count == 1 else 2.8 + 0.12 * abs(count)
    return Operation(lambda value: value[:count], _call("left", count), cost)


def right(count: int) -> Operation:
    cost = 2.8 + 0.12 * abs(count)
    return Operation(lambda value: value[-count:], _call("right", count), cost)


def mid(start: int, count: int) -> Operation:
    return Operation(
        lambda value: value[start - 1 : start - 1 + count], _call("mid", start, count), 3.2 + 0.08 * (start + count)
    )


def replaced(old: str, new: str) -> Operation:
    return Operation(lambda value: value.replace(old, new), _call("replace", old, new), 2.4)


def rewritten(pattern: str, new: str, cost: float = 3.0) -> Operation:
    compiled, plain = re.compile(pattern), re.sub(r"\$(\d)", r"\\g<\1>", new.replace("\\", "\\\\"))
    return Operation(lambda value: compiled.sub(plain, value), _call("replace_pattern", pattern, new), cost)


def padded(width: int) -> Operation:
    return Operation(lambda value: value.rjust(width, "0"), _call("pad_left", width, "0"), 2.2)


def initials(mark: str) -> Operation:
    def carry_out(value: str) -> Value:
        return re.sub(r"(\S)\S*\s*", lambda found: found.group(1) + mark, value.strip())

    return Operation(carry_out, _call("initials", *([mark] if mark else [])), 2.6 + 0.2 * len(mark))


def _capitalized(value: str) -> str:
    return value[:1].upper() + value[1:].lower()


CASES = (
    Operation(str.upper, _call("upper"), 0.8),
    Operation(str.lower, _call("lower"), 0.8),
    Operation(str.title, _call("title"), 0.9),
    Operation(_capitalized, _call("capitalize"), 1.0),
)
LOWER_FIRST = Operation(
    lambda value: value[:1].lower() + value[1:], lambda inner: f"lower(left({inner}, 1)) & right({inner}, -1)", 2.0
)
TRIM = Operation(str.strip, _call("trim"), 0.6)
CLEAN = Operation(lambda value: " ".join(value.split()), _call("clean"), 0.7)
DIGITS = rewritten("[^0-9]", "", 1.6)


def _odd(mark: str) -> float:
    """Marks with letters in them are found by chance more easily."""
    return 0.15 * len(mark) + (0.6 if any(character.isalnum() for character in mark) else 0.0)
