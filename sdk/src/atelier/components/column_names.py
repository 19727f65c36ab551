"""Names of columns that come about: each once, and never in place of one that is there."""

from __future__ import annotations

from collections.abc import Container, Iterable


def free(wanted: str, taken: Container[str]) -> str:
    """The wanted name, with ` (2)`, ` (3)` … behind it while it is taken."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted} ({number})"
    return name


def each_once(wanted: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The wanted names in order, each of them free beside those before it and those taken."""
    known = set(taken)
    found = []
    for name in wanted:
        found.append(free(name, known))
        known.add(found[-1])
    return found
