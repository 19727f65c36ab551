"""The parts of an expression, each with the place in the text it stands at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union


@dataclass(frozen=True)
class Literal:
    """A number, a text, true, false or missing."""

    value: str | int | float | bool | None
    start: int
    end: int


@dataclass(frozen=True)
class Column:
    """A column by its name."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Call:
    """A function or an operator with what it is given; operators are called by their sign."""

    name: str
    arguments: tuple[Node, ...]
    start: int
    end: int


Node = Union[Literal, Column, Call]


def columns_of(node: Node) -> Iterator[Column]:
    """Every mention of a column, in the order they are written."""
    if isinstance(node, Column):
        yield node
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from columns_of(argument)


def depth_of(node: Node) -> int:
    """How deep the tree goes; counted without going there by recursion."""
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        found, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(found, Call):
            waiting += [(argument, depth + 1) for argument in found.arguments]
    return deepest


def quoted(column: str) -> str:
    """How a column is named in an expression: `[unit price]`."""
    return f"[{column.replace(']', ']]')}]"


def text(value: str) -> str:
    """How a text is written in an expression: in double quotes, those inside it doubled."""
    return '"' + value.replace('"', '""') + '"'
