"""What a wanted text may be made of: pieces, each an expression with its value in every row that is looked at."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Optional

Value = Optional[str]
Values = tuple[Value, ...]

KEPT_ALIKE = 10  # pieces kept of those that give the same in all the examples


@dataclass(frozen=True)
class Piece:
    """An expression, its value in every row, and how far-fetched it is. `date` and `form` are set for parts of a date."""

    expression: str
    values: Values
    cost: float
    date: str = ""
    form: str = ""


@dataclass(frozen=True)
class Task:
    """What is wanted: the rows looked at, those with an example first. `wanted` holds no empty text: see `empty`."""

    rows: Sequence[dict[str, object]]
    wanted: tuple[str, ...]
    empty: int  # how many rows behind these shall give nothing
    deadline: float
    gathered_by: float = 0.0  # until when pieces are looked for; the rest of the time is for putting them together

    @property
    def shown(self) -> int:
        """How many rows have an example."""
        return len(self.wanted) + self.empty

    @property
    def is_late(self) -> bool:
        return time.monotonic() > self.deadline

    @property
    def is_gathered(self) -> bool:
        return time.monotonic() > (self.gathered_by or self.deadline)


@dataclass
class Pool:
    """The pieces worth trying: those whose value occurs in what is wanted, in every example."""

    task: Task
    _lowered: tuple[str, ...] = ()
    _found: dict[Values, Piece] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lowered = tuple(text.lower() for text in self.task.wanted)

    def may_help(self, values: Sequence[Value]) -> bool:
        """Whether the values occur in what is wanted, in whatever case."""
        return all(value and value.lower() in text for value, text in zip(values, self._lowered))

    def add(self, piece: Piece) -> None:
        """Keeps the piece when it helps, unless a simpler one gives the same in every row."""
        if all(value and value in text for value, text in zip(piece.values, self.task.wanted)):
            weighed = Piece(piece.expression, piece.values, piece.cost + self._doubt(piece), piece.date, piece.form)
            known = self._found.get(piece.values)
            if known is None or weighed.cost < known.cost:
                self._found[piece.values] = weighed

    def _doubt(self, piece: Piece) -> float:
        """What speaks against a piece in the rows without an example: no value, or one of another make."""
        others = piece.values[self.task.shown :]
        if not others:
            return 0.0
        known = set().union(*(make_of(value) for value in piece.values[: len(self.task.wanted)] if value))
        gone = sum(1 for value in others if not value)
        strange = sum(1 for value in others if value and not make_of(value) <= known)
        return (2.5 * gone + 1.2 * strange) / len(others) + (0.8 if gone else 0.0)

    def best(self) -> list[Piece]:
        """The pieces, of those alike in the examples only the simplest few."""
        groups: dict[Values, list[Piece]] = {}
        for piece in self._found.values():
            groups.setdefault(piece.values[: len(self.task.wanted)], []).append(piece)
        return list(_simplest(groups))


def _simplest(groups: dict[Values, list[Piece]]) -> Iterator[Piece]:
    for group in groups.values():
        yield from sorted(group, key=lambda piece: piece.cost)[:KEPT_ALIKE]


def make_of(text: str) -> set[str]:
    """What kinds of characters a text is made of."""
    return {_kind(character) for character in text}


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isalpha():
        return "letter"
    return "space" if character.isspace() else character
