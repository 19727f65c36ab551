"""Simple conditions on rows: what tells some rows from others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from atelier.dataflow.expressions import quoted, text

MOST_WORDS = 40
_SHAPES = {"^[0-9]": 2.6, "^[A-Z]": 2.8, "[0-9]": 2.8, "^[0-9]+$": 2.6, "[A-Z]": 3.0, "@": 3.0, r"[0-9]{4}": 3.2}


@dataclass(frozen=True)
class Condition:
    """A condition, whether each row fulfils it, and how far-fetched it is."""

    expression: str
    holds: tuple[bool, ...]
    cost: float


def conditions(rows: Sequence[dict[str, Any]], columns: Sequence[str], shown: int) -> Iterator[Condition]:
    """Conditions that hold for some of the first `shown` rows and not for others, the simplest first."""
    found = [condition for column in columns for condition in _of_column(rows, column, shown)]
    telling = [condition for condition in found if len(set(condition.holds[:shown])) == 2]
    seen: set[tuple[bool, ...]] = set()
    for condition in sorted(telling, key=lambda condition: condition.cost):
        if condition.holds not in seen:
            seen.add(condition.holds)
            yield condition


def _of_column(rows: Sequence[dict[str, Any]], column: str, shown: int) -> Iterator[Condition]:
    values, named = [row.get(column) for row in rows], quoted(column)
    if any(value is None for value in values):
        yield _made(f"{named} is missing", (value is None for value in values), 1.6)
    if any(isinstance(value, bool) for value in values):
        yield _made(f"{named} = true", (value is True for value in values), 1.0)
    elif any(isinstance(value, (int, float)) for value in values):
        yield from _of_numbers(named, values, shown)
    elif all(value is None or isinstance(value, str) for value in values):
        yield from _of_texts(named, values, shown)
        numbers = [_number(value) for value in values]
        if any(number is not None for number in numbers[:shown]) and None not in numbers:
            yield from _of_numbers(f"number({named})", numbers, shown)


def _made(expression: str, holds: Iterable[bool], cost: float) -> Condition:
    return Condition(expression, tuple(holds), cost)


def _of_numbers(named: str, values: Sequence[Any], shown: int) -> Iterator[Condition]:
    known = sorted({value for value in values[:shown] if isinstance(value, (int, float))})
    for value in known:
        yield _made(f"{named} = {value!r}", (other == value for other in values), 2.6)
    for low, high in zip(known, known[1:]):
        edge = _round_between(low, high)
        yield _made(f"{named} > {edge!r}", (value is not None and value > edge for value in values), 1.8)
        yield _made(f"{named} <= {edge!r}", (value is not None and value <= edge for value in values), 1.8)


def _number(value: str | None) -> float | None:
    """A text that is a number and nothing else."""
    plain = (value or "").strip()
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", plain):
        return None
    return float(plain) if "." in plain else int(plain)


def _round_between(low: float, high: float) -> float:
    """The roundest number between the two, so that a threshold looks like one a person would set."""
    for digits in range(-6, 8):
        edge = round((low + high) / 2, digits)
        if low <= edge < high:
            return int(edge) if edge == int(edge) else edge
    return low


def _of_texts(named: str, values: Sequence[Any], shown: int) -> Iterator[Condition]:
    known = [value for value in values[:shown] if value is not None]
    for value in dict.fromkeys(known):
        often = sum(1 for other in values if other == value)
        yield _made(f"{named} = {text(value)}", (other == value for other in values), 1.7 if often > 1 else 4.0)
    for mark, cost in _marks(known):
        yield _made(f"contains({named}, {text(mark)})", (mark in (value or "") for value in values), cost)
        counts = {value.count(mark) for value in known}
        for count in sorted(counts) if len(counts) > 1 else ():
            expression = f"count({named}, {text(mark)}) = {count}"
            holds = (value is not None and value.count(mark) == count for value in values)
            yield _made(expression, holds, cost + 1)
    for called in ("starts_with", "ends_with"):
        yield from _ends(named, values, known, called)
    for pattern, cost in _SHAPES.items():
        compiled = re.compile(pattern)
        holds = (bool(compiled.search(value or "")) for value in values)
        yield _made(f"matches({named}, {text(pattern)})", holds, cost)


def _ends(named: str, values: Sequence[Any], known: Sequence[str], called: str) -> Iterator[Condition]:
    place = slice(0, 1) if called == "starts_with" else slice(-1, None)
    words = {word for value in known for word in value.split()[place]}
    for end in dict.fromkeys([*sorted(words), *(value[place] for value in known)]):
        test = str.startswith if called == "starts_with" else str.endswith
        cost = 2.3 if len(end) > 1 else 3.1
        holds = (value is not None and test(value, end) for value in values)
        yield _made(f"{called}({named}, {text(end)})", holds, cost)


def _marks(known: Sequence[str]) -> Iterator[tuple[str, float]]:
    signs = {sign for value in known for sign in value if not sign.isalnum()}
    yield from ((sign, 2.2) for sign in sorted(signs))
    words = dict.fromkeys(word for value in known for word in re.findall(r"[^\W_]{2,}", value))
    yield from ((word, 2.5 + 0.02 * len(word)) for word in list(words)[:MOST_WORDS])
