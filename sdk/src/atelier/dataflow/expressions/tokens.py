"""An expression cut into words, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from atelier.dataflow.errors import ExpressionError

LONGEST = 20_000

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<text>"(?:[^"]|"")*"|'(?:[^']|'')*')
    | (?P<column>\[(?:[^\]]|\]\])+\])
    | (?P<word>[^\W\d]\w*)
    | (?P<sign><=|>=|<>|!=|==|\*\*|[-+*/%^&=<>(),])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """One word of an expression. `value` is a column's or a text's own text, without quotes."""

    kind: str
    value: str
    start: int
    end: int


def tokens_of(source: str) -> list[Token]:
    """The words of the expression; the last one is of the kind `end`."""
    if len(source) > LONGEST:
        raise ExpressionError(f"An expression may be {LONGEST:,} characters long at most.", start=LONGEST, end=LONGEST)
    found: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise _unreadable(source, position)
        if match.lastgroup != "space":
            found.append(_token(str(match.lastgroup), match.group(), position))
        position = match.end()
    return [*found, Token("end", "", len(source), len(source))]


def _token(kind: str, written: str, start: int) -> Token:
    value = written
    if kind == "text":
        value = written[1:-1].replace(written[0] * 2, written[0])
    elif kind == "column":
        value = written[1:-1].replace("]]", "]")
    elif kind == "word":
        value = written
    return Token(kind, value, start, start + len(written))


def _unreadable(source: str, position: int) -> ExpressionError:
    character = source[position]
    if character in "\"'":
        return ExpressionError(
            f"The text that begins here has no closing {character}.", start=position, end=len(source)
        )
    if character == "[":
        return ExpressionError("The column name that begins here has no closing ].", start=position, end=len(source))
    return ExpressionError(f"{character} has no meaning here.", start=position, end=position + 1)
