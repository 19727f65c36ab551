"""Which colour a run has: the slot its name hashes to, moved on when a neighbour on the same page has it."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

SLOTS = 12


@dataclass(frozen=True, slots=True)
class Colour:
    """One of the twelve slots; past twelve runs the same colours come again with a dash pattern."""

    slot: int
    dash: int = 0


def slot_of(name: str) -> int:
    """The slot a name has when it is alone; the same on every page."""
    return zlib.crc32(name.encode()) % SLOTS + 1


def colours(names: Iterable[tuple[str, str]]) -> dict[str, Colour]:
    """A colour for each (id, name), no two alike: the first come keep the slot of their name."""
    taken: set[Colour] = set()
    found: dict[str, Colour] = {}
    for number, (key, name) in enumerate(names):
        first, dash = slot_of(name) - 1, number // SLOTS
        options = (Colour((first + step) % SLOTS + 1, dash) for step in range(SLOTS))
        found[key] = next(option for option in options if option not in taken)
        taken.add(found[key])
    return found
