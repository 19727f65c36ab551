"""Whether parameters fit a component, before anything runs: the same words in the designer, in REST and in a job."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atelier.components import column_rules
from atelier.components.declaring import Component, Kind, Parameter, in_words
from atelier.components.errors import ComponentError

BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
LONGEST = 64_000  # bytes of a text: all parameters go to the step in one environment variable of at most 128 KiB
EXPRESSION = "${{"  # a value that a pipeline fills in later is not judged


@dataclass(frozen=True)
class Problem:
    """What is wrong with one parameter, in a sentence."""

    parameter: str
    sentence: str


class _Wrong(ValueError):
    """A value does not fit; the text is the sentence."""


def check(component: Component, given: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the parameters, in the order of the declaration; nothing when they fit."""
    return _judge(component, given)[1]


def fill(component: Component, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter that counts, of its kind's Python type. Raises ComponentError with all that is wrong.

    Text, choice, column and script are str, integer is int, number is float, boolean is bool, choices is a tuple of str,
    numbers a tuple of float, columns a `column_rules.Rule`; an optional one that is not given is None.
    """
    filled, problems = _judge(component, given)
    left = [one for one in component.parameters if _is_open(one, filled.get(one.name))]
    problems += [Problem(one.name, f"{_label(one)} is still an expression: {filled[one.name]}") for one in left]
    if problems:
        said = " ".join(problem.sentence for problem in problems)
        raise ComponentError(said, parameter=problems[0].parameter)
    return filled


def counting(component: Component, given: Mapping[str, Any]) -> list[Parameter]:
    """The parameters that count with these values, in order: those that a panel shows."""
    return [one for one in component.parameters if _counts(component, one, given)]


def _judge(component: Component, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    filled: dict[str, Any] = {}
    problems = []
    for parameter in counting(component, given):
        try:
            filled[parameter.name] = _value(parameter, given.get(parameter.name, parameter.default))
        except _Wrong as wrong:
            problems.append(Problem(parameter.name, str(wrong)))
    return filled, problems + _unknown(component, given)


def _counts(component: Component, parameter: Parameter, given: Mapping[str, Any]) -> bool:
    """Whether all that its `when` asks for holds; a parameter that hangs on one that does not count doesn't either."""
    for name, wanted in parameter.when.items():
        other = component.parameter(name)
        if not _counts(component, other, given):
            return False
        try:
            value = _value(other, given.get(name, other.default))
        except _Wrong:
            return False
        if value not in wanted:
            return False
    return True


def _unknown(component: Component, given: Mapping[str, Any]) -> list[Problem]:
    known = [one.name for one in component.parameters]
    problems = []
    for name in given:
        if name in known:
            continue
        near = difflib.get_close_matches(str(name), known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        problems.append(Problem(str(name), f"{component.label} has no parameter {str(name)!r}.{hint}"))
    return problems


def _value(parameter: Parameter, value: Any) -> Any:
    label = _label(parameter)
    if value is None or (isinstance(value, str) and not value.strip() and parameter.kind not in (Kind.TEXT,)):
        return _nothing(parameter, label, value)
    if _is_open(parameter, value):
        return value
    return READERS[parameter.kind](parameter, label, value)


def _is_open(parameter: Parameter, value: Any) -> bool:
    """Whether the value is an expression. A script may hold the same signs for itself."""
    if parameter.kind in (Kind.SCRIPT, Kind.MULTILINE):
        return False
    return isinstance(value, str) and EXPRESSION in value


def _label(parameter: Parameter) -> str:
    return parameter.label or in_words(parameter.name)


def _nothing(parameter: Parameter, label: str, value: Any) -> Any:
    if parameter.optional:
        return None
    if parameter.default is not None and value is not None and parameter.kind in (Kind.SCRIPT, Kind.MULTILINE):
        raise _Wrong(f"{label} is empty.")
    if parameter.kind in (Kind.COLUMN, Kind.COLUMNS):
        raise _Wrong(f"{label} is wanted: choose {'a column' if parameter.kind is Kind.COLUMN else 'columns'}.")
    raise _Wrong(f"{label} is wanted.")


def _text(parameter: Parameter, label: str, value: Any) -> str:
    if isinstance(value, (dict, list, tuple)):
        raise _Wrong(f"{label} must be a text; {_shown(value)} is given.")
    text = str(value)
    if len(text.encode("utf-8", "replace")) > LONGEST:
        raise _Wrong(f"{label} is longer than {LONGEST:,} bytes: keep it as a data asset or as a file of a bundle.")
    if not text and not parameter.optional and not parameter.default == "":
        raise _Wrong(f"{label} is wanted.")
    return text


def _boolean(parameter: Parameter, label: str, value: Any) -> bool:
    found = BOOLEANS.get(str(value).strip().lower())
    if found is None:
        raise _Wrong(f"{label} must be true or false; {_shown(value)} is given.")
    return found


def _integer(parameter: Parameter, label: str, value: Any) -> int:
    number = _as_number(value)
    if number is None or number != int(number):
        raise _Wrong(f"{label} must be a whole number; {_shown(value)} is given.")
    return int(_in_range(parameter, label, int(number), value))


def _number(parameter: Parameter, label: str, value: Any) -> float:
    number = _as_number(value)
    if number is None:
        raise _Wrong(f"{label} must be a number; {_shown(value)} is given.")
    return float(_in_range(parameter, label, number, value))


def _numbers(parameter: Parameter, label: str, value: Any) -> tuple[float, ...]:
    parts = value if isinstance(value, (list, tuple)) else re.split(r"[;,\s]+", str(value).strip(" ;,"))
    found = []
    for part in parts:
        number = _as_number(part)
        if number is None:
            raise _Wrong(f"{label} must be numbers with ; between them, such as 0.1; 0.2; {_shown(part)} is no number.")
        found.append(float(_in_range(parameter, label, number, part)))
    if not found:
        raise _Wrong(f"{label} is wanted.")
    return tuple(found)


def _choice(parameter: Parameter, label: str, value: Any) -> str:
    found = _chosen(parameter, value)
    if found is None:
        raise _Wrong(f"{label} must be one of {', '.join(parameter.choices)}; {_shown(value)} is given.")
    return found


def _choices(parameter: Parameter, label: str, value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, (list, tuple)) else str(value).split(",")
    found = []
    for part in parts:
        one = _chosen(parameter, str(part).strip())
        if one is None:
            raise _Wrong(
                f"{label} must be some of {', '.join(parameter.choices)}; {_shown(str(part).strip())} is given."
            )
        found.append(one)
    return tuple(found)


def _columns(parameter: Parameter, label: str, value: Any) -> column_rules.Rule:
    if isinstance(value, column_rules.Rule):
        return value
    if isinstance(value, (list, tuple)):
        return column_rules.names(*map(str, value))
    try:
        return column_rules.parse(str(value))
    except column_rules.RuleError as error:
        raise _Wrong(f"{label}: {error.sentence}") from error


READERS = {
    Kind.TEXT: _text,
    Kind.MULTILINE: _text,
    Kind.SCRIPT: _text,
    Kind.COLUMN: _text,
    Kind.BOOLEAN: _boolean,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.NUMBERS: _numbers,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.COLUMNS: _columns,
}


def _chosen(parameter: Parameter, value: Any) -> str | None:
    by_lower = {choice.lower(): choice for choice in parameter.choices}
    return by_lower.get(str(value).strip().lower())


def _as_number(value: Any) -> float | int | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value if isinstance(value, int) else str(value).strip())
    except (ValueError, OverflowError):
        return None
    if isinstance(value, int):
        return value
    return number if math.isfinite(number) else None


def _in_range(parameter: Parameter, label: str, number: float, value: Any) -> float:
    low, high = parameter.minimum, parameter.maximum
    if (low is None or number >= low) and (high is None or number <= high):
        return number
    if low is not None and high is not None:
        wanted = f"between {_plain(low)} and {_plain(high)}"
    else:
        wanted = f"at least {_plain(low)}" if low is not None else f"at most {_plain(high)}"
    raise _Wrong(f"{label} must be {wanted}; {_shown(value)} is given.")


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:g}" if abs(number) < 1e6 else f"{number:.0f}"


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) and _as_number(value) is None else str(value)
    return text if len(text) <= 60 else text[:57] + "…"
