"""Pieces and constants put one after the other until they are what is wanted, the most plausible way first."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union

from atelier.dataflow.examples import dates
from atelier.dataflow.examples.pieces import Piece, Pool, Task
from atelier.dataflow.expressions import text as quoted

Part = Union[Piece, str]
Positions = tuple[int, ...]

MOST_LOOKS = 10  # how often one place is looked at on different ways
MOST_STEPS = 60_000
_NEXT_OF_DATE = 1.0


@dataclass(frozen=True)
class Way:
    """Pieces and constants that together make what is wanted in every example."""

    parts: tuple[Part, ...]
    cost: float

    @property
    def expression(self) -> str:
        """The whole as one expression; neighbouring parts of one date are written by one format."""
        return " & ".join(_written(part) for part in _merged(self.parts))

    def value(self, row: int) -> str | None:
        """What it gives in a row."""
        found = [part if isinstance(part, str) else part.values[row] for part in self.parts]
        return None if any(value is None for value in found) else "".join(str(value) for value in found)


def ways(pool: Pool, most: int) -> Iterator[Way]:
    """The ways to make what is wanted, the cheapest first."""
    task = pool.task
    goal = tuple(len(text) for text in task.wanted)
    starting = _by_start(pool.best(), task.wanted[0])
    counter = itertools.count()
    heap: list[tuple[float, int, _Place, tuple[object, Part] | None]] = []
    heapq.heappush(heap, (0.0, next(counter), _Place((0,) * len(goal)), None))
    looks: dict[_Place, int] = {}
    given = 0
    for _step in range(MOST_STEPS):
        if not heap or given >= most or task.is_late:
            return
        cost, _order, place, path = heapq.heappop(heap)
        if place.at == goal:
            given += 1
            yield Way(tuple(_unwound(path)), cost)
            continue
        looks[place] = looks.get(place, 0) + 1
        if looks[place] > MOST_LOOKS:
            continue
        for part, more in _next(task, starting, place):
            heapq.heappush(heap, (cost + more, next(counter), place.behind(part), (path, part)))


@dataclass(frozen=True)
class _Place:
    """How much of each wanted text is made, and what the last part was: a constant, and of which date."""

    at: Positions
    was_constant: bool = False
    date: str = ""

    def behind(self, part: Part) -> _Place:
        if isinstance(part, str):
            return _Place(tuple(place + len(part) for place in self.at), True, self.date)
        at = tuple(place + len(part.values[row] or "") for row, place in enumerate(self.at))
        return _Place(at, False, part.date)


def _by_start(pieces: list[Piece], text: str) -> dict[int, list[Piece]]:
    """The pieces by the places of the first wanted text they fit."""
    found: dict[int, list[Piece]] = {}
    for piece in pieces:
        value = piece.values[0] or ""
        place = text.find(value)
        while place >= 0:
            found.setdefault(place, []).append(piece)
            place = text.find(value, place + 1)
    return found


def _next(task: Task, starting: dict[int, list[Piece]], place: _Place) -> Iterator[tuple[Part, float]]:
    at, join = place.at, 0.5 if any(place.at) else 0.0
    for piece in starting.get(at[0], ()):
        if all(text.startswith(piece.values[row] or "", at[row]) for row, text in enumerate(task.wanted)):
            # Another part of the same date only makes its format longer.
            yield piece, _NEXT_OF_DATE if piece.date and piece.date == place.date else piece.cost + join
    if not place.was_constant:
        constant = _shared(task, at)
        for length in range(1, len(constant) + 1):
            yield constant[:length], join + _constant_cost(constant[:length], len(task.wanted))


def _shared(task: Task, at: Positions) -> str:
    """The text that follows in every example."""
    first = task.wanted[0][at[0] :]
    for text, place in zip(task.wanted[1:], at[1:]):
        rest = text[place:]
        same = 0
        while same < min(len(first), len(rest)) and first[same] == rest[same]:
            same += 1
        first = first[:same]
    return first


def _constant_cost(constant: str, examples: int) -> float:
    """Signs are often constant; letters and digits rarely, the less so the fewer examples say it."""
    letters = sum(1 for character in constant if character.isalnum())
    return 0.8 + 0.25 * (len(constant) - letters) + letters * {1: 3.5, 2: 1.3}.get(examples, 0.7)


def _unwound(path: object) -> list[Part]:
    parts: list[Part] = []
    while isinstance(path, tuple):
        path, part = path
        parts.append(part)
    return parts[::-1]


def _written(part: Part) -> str:
    return quoted(part) if isinstance(part, str) else part.expression


def _merged(parts: tuple[Part, ...]) -> list[Part]:
    """`format_date(d, "%d") & "." & format_date(d, "%m")` is `format_date(d, "%d.%m")`."""
    merged: list[Part] = []
    for part in parts:
        merged.append(part)
        joined = _joined(merged)
        if joined is not None:
            merged[-joined[1] :] = [joined[0]]
    return merged


def _joined(parts: list[Part]) -> tuple[Piece, int] | None:
    last = parts[-1]
    if isinstance(last, str) or not last.date:
        return None
    between = parts[-2] if len(parts) > 2 and isinstance(parts[-2], str) else ""
    count = 3 if between else 2
    first = parts[-count] if len(parts) >= count else ""
    if isinstance(first, str) or first.date != last.date:
        return None
    form = f"{first.form}{dates.literal(str(between))}{last.form}"
    return Piece(f"format_date({last.date}, {quoted(form)})", (), 0.0, last.date, form), count
