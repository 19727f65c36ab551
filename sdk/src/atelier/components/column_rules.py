"""The column picker's rule as one readable text.

A rule is either just names, `make, price`, or ordered steps with `;` between them. The first says where to begin, `all`
or `none`; each further one includes or excludes columns:

    all; exclude names "normalized-losses", "symboling"
    none; include types numeric; exclude indices 1-3, 5; include roles label

| by | values |
|---|---|
| names | names, with quotes where a name has a comma, a semicolon or a quote (`\\"` is a quote within) |
| indices | numbers and ranges, the first column is 1 |
| types | numeric, string, boolean, categorical, datetime |
| roles | feature, label, score |

The picked columns come in the order of the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from atelier.components import column_kinds
from atelier.components.errors import ComponentError
from atelier.components.tables import FEATURE, LABEL, SCORE, Table

ALL, NONE = "all", "none"
INCLUDE, EXCLUDE = "include", "exclude"
NAMES, INDICES, TYPES, ROLES = "names", "indices", "types", "roles"
WORDS = {TYPES: column_kinds.KINDS, ROLES: (FEATURE, LABEL, SCORE)}
_STEP = re.compile(r"\s*(include|exclude)\s+(names|indices|types|roles)\s+", re.IGNORECASE)
_START = re.compile(r"\s*(all|none)\s*(;|$)", re.IGNORECASE)
_QUOTED = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_BARE = re.compile(r'\s*([^",;]+?)\s*(?=[,;]|$)', re.DOTALL)
_RANGE = re.compile(r"(\d+)(?:\s*-\s*(\d+))?$")


class RuleError(ValueError):
    """What is wrong with a rule, and at which character (the first is 1)."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(f"{sentence} (character {position + 1})")
        self.sentence = f"{sentence} (character {position + 1})"
        self.position = position + 1


@dataclass(frozen=True)
class Step:
    """One step of a rule: `include types numeric`."""

    action: str
    by: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """Where to begin, and the steps in order."""

    start: str
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        return write(self)


def names(*chosen: str) -> Rule:
    """The rule that picks just these columns."""
    return Rule(NONE, (Step(INCLUDE, NAMES, tuple(chosen)),))


def parse(text: str) -> Rule:
    """The rule that a text says. Raises RuleError."""
    if not text.strip():
        raise RuleError("No column is chosen: name columns, or begin with all or none.", 0)
    start = _START.match(text)
    if start:
        return Rule(start[1].lower(), tuple(_steps(text, start.end())))
    first = _STEP.match(text)
    if first:
        return Rule(NONE if first[1].lower() == INCLUDE else ALL, tuple(_steps(text, 0)))
    values, position = _values(text, 0)
    if position < len(text):
        raise RuleError("Steps are separated by ; after all or none: `all; exclude names …`.", position)
    return names(*values)


def write(rule: Rule) -> str:
    """The rule as text; `parse` reads the same rule from it."""
    if rule.start == NONE and len(rule.steps) == 1 and (rule.steps[0].action, rule.steps[0].by) == (INCLUDE, NAMES):
        short = ", ".join(_bare_or_quoted(name) for name in rule.steps[0].values)
        if not _START.match(short) and not _STEP.match(short):
            return short
    said = [f"{step.action} {step.by} {', '.join(_written(step))}" for step in rule.steps]
    return "; ".join([rule.start, *said])


def pick(
    rule: Rule | str, table: Table, *, parameter: str = "", port: str = "", may_be_empty: bool = False
) -> list[str]:
    """The names of the columns that the rule picks, in the order of the table.

    Raises ComponentError for a column that is not there, and when none is picked unless `may_be_empty`.
    """
    try:
        known = parse(rule) if isinstance(rule, str) else rule
    except RuleError as error:
        raise ComponentError(error.sentence, parameter=parameter, port=port) from error
    chosen = set(table.frame.columns) if known.start == ALL else set()
    for step in known.steps:
        found = _found(step, table, parameter, port)
        chosen = chosen | found if step.action == INCLUDE else chosen - found
    if not chosen and not may_be_empty:
        said = f"The rule “{write(known)}” picks no column of the table."
        raise ComponentError(said, parameter=parameter, port=port)
    return [name for name in table.frame.columns if name in chosen]


def pick_in_order(rule: Rule | str, table: Table, *, parameter: str = "", port: str = "") -> list[str]:
    """As `pick`, but columns that are just named come in the order of their naming."""
    picked = pick(rule, table, parameter=parameter, port=port)
    known = parse(rule) if isinstance(rule, str) else rule
    if known.start == NONE and all((step.action, step.by) == (INCLUDE, NAMES) for step in known.steps):
        return list(dict.fromkeys(name for step in known.steps for name in step.values))
    return picked


def _steps(text: str, position: int) -> Iterator[Step]:
    while text[position:].strip():
        head = _STEP.match(text, position)
        if not head:
            here = position + len(text[position:]) - len(text[position:].lstrip())
            raise RuleError("A step begins with include or exclude, and names, indices, types or roles.", here)
        by = head[2].lower()
        values, after = _values(text, head.end())
        for value, place in zip(values, _places(text, head.end())):
            _check(by, value, place)
        kept = tuple(values if by in (NAMES, INDICES) else (value.lower() for value in values))
        yield Step(head[1].lower(), by, kept)
        position = after + 1


def _values(text: str, position: int) -> tuple[list[str], int]:
    """Values with commas between them from a position on, and where the step ends: at a `;` or at the end."""
    found = [value for value, _, _ in _scan(text, position)]
    end = [after for _, _, after in _scan(text, position)][-1]
    return found, end


def _places(text: str, position: int) -> list[int]:
    return [place for _, place, _ in _scan(text, position)]


def _scan(text: str, position: int) -> Iterator[tuple[str, int, int]]:
    while True:
        quoted = _QUOTED.match(text, position)
        match = quoted or _BARE.match(text, position)
        if not match:
            problem = (
                "A quote is not closed." if text[position:].lstrip().startswith('"') else "A value is missing here."
            )
            raise RuleError(problem, position)
        value = re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL) if quoted else match[1]
        yield value, match.start(1), match.end()
        position = match.end()
        if position >= len(text) or text[position] == ";":
            return
        if text[position] != ",":
            raise RuleError("A comma is missing between two values.", position)
        position += 1


def _check(by: str, value: str, position: int) -> None:
    if by in WORDS and value.lower() not in WORDS[by]:
        raise RuleError(f"{value!r} is none of {', '.join(WORDS[by])}.", position)
    if by != INDICES:
        return
    match = _RANGE.match(value)
    if not match or int(match[1]) < 1:
        raise RuleError(f"{value!r} is no number of a column: the first is 1, a range is 2-4.", position)
    if match[2] and int(match[2]) < int(match[1]):
        raise RuleError(f"The range {value!r} ends before it begins.", position)


def _found(step: Step, table: Table, parameter: str, port: str) -> set[str]:
    there = list(table.frame.columns)
    if step.by == NAMES:
        return {table.require(name, parameter=parameter, port=port) for name in step.values}
    if step.by == TYPES:
        return {name for name in there if column_kinds.of_column(table, name) in step.values}
    if step.by == ROLES:
        return {name for name in there if table.column(name).role in step.values}
    found: set[str] = set()
    for first, last in map(_bounds, step.values):
        if last > len(there):
            said = f"There is no column {last}: the table has {len(there)}."
            raise ComponentError(said, parameter=parameter, port=port)
        found.update(there[first - 1 : last])
    return found


def _bounds(value: str) -> tuple[int, int]:
    match = _RANGE.match(value)
    assert match is not None  # `parse` lets nothing else through
    return int(match[1]), int(match[2] or match[1])


def _written(step: Step) -> list[str]:
    return [_quoted(value) for value in step.values] if step.by == NAMES else list(step.values)


def _bare_or_quoted(name: str) -> str:
    is_plain = name == name.strip() and name and not re.search(r'[",;]', name)
    return name if is_plain else _quoted(name)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
