"""What a function of the expression language is, and all of them by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from atelier.dataflow.terms import Term, name

PL = name("pl")
PD = name("pd")

TEXTS, NUMBERS, DATES, LOGIC = "Text", "Numbers", "Dates", "Logic"


@dataclass(frozen=True)
class Function:
    """One function: how it is called, what it takes and gives, and its Polars and pandas.

    `takes` has a word per argument: `text`, `number`, `boolean`, `moment` (a date or a time), `any`. A leading `=`
    asks for a constant, a trailing `?` may be left out, a trailing `*` may come any number of times.
    `gives` is a type of column, or `same` (as the first argument) or `widest` (as all the arguments together).
    """

    name: str
    usage: str
    help: str
    group: str
    takes: tuple[str, ...]
    gives: str
    polars: Callable[..., Term]
    pandas: Callable[..., Term]
    minds_kind: bool = False  # its builders take the kind of the first argument before everything else

    @property
    def fewest(self) -> int:
        return sum(1 for word in self.takes if word[-1] not in "?*")

    @property
    def most(self) -> int | None:
        return None if any(word.endswith("*") for word in self.takes) else len(self.takes)

    def word_at(self, position: int) -> str:
        """What the argument at this position has to be."""
        return self.takes[min(position, len(self.takes) - 1)]

    def as_dict(self) -> dict[str, Any]:
        """What a page shows of it."""
        return {"name": self.name, "usage": self.usage, "help": self.help, "group": self.group, "gives": self.gives}


def escaped(mark: str) -> str:
    """A regular expression that finds exactly this text, in Python's and in Polars's dialect alike."""
    return "".join(f"\\{character}" if character in ".^$*+?()[]{}|\\" else character for character in mark)


def table() -> dict[str, Function]:
    """Every function by its name."""
    from atelier.dataflow.expressions import dates, logic, numbers, texts

    every = [*texts.FUNCTIONS, *numbers.FUNCTIONS, *dates.FUNCTIONS, *logic.FUNCTIONS]
    return {function.name: function for function in every}
