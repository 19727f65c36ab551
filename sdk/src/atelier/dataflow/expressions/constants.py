"""What has to be written down in an expression, not calculated: patterns, formats, how many, which one."""

from __future__ import annotations

import datetime
from typing import Any

from atelier.dataflow import loading
from atelier.dataflow.errors import ExpressionError
from atelier.dataflow.expressions import dates
from atelier.dataflow.expressions.functions import PD, PL, Function
from atelier.dataflow.expressions.tree import Literal, Node

LARGEST = 10_000
_SAID = {
    "text": "a text in quotes",
    "pattern": "a regular expression in quotes",
    "character": "one character in quotes",
    "integer": "a whole number",
    "unit": f"one of {', '.join(dates.UNITS)}, in quotes",
    "start": f"one of {', '.join(dates.STARTS)}, in quotes",
    "any": "a plain value",
}


def constant(function: Function, wanted: str, node: Node) -> Any:
    """The value, checked to be what the function needs here."""
    if not isinstance(node, Literal) or not _fits(wanted, node.value):
        raise ExpressionError(f"{function.usage} needs {_SAID[wanted]} here.", start=node.start, end=node.end)
    if wanted == "pattern":
        check_pattern(str(node.value), node.start, node.end)
    if function.name in ("before", "after", "part", "match", "mid") and node.value == 0:
        raise ExpressionError("Counting begins at 1, or at -1 from the end.", start=node.start, end=node.end)
    return node.value


def _fits(wanted: str, value: Any) -> bool:
    if wanted == "integer":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
    if wanted == "any":
        return True
    if not isinstance(value, str):
        return False
    choices = {"unit": dates.UNITS, "start": tuple(dates.STARTS)}
    if wanted in choices:
        return value in choices[wanted]
    return len(value) == 1 if wanted == "character" else True


def check_pattern(pattern: str, start: int = 0, end: int = 0) -> None:
    """Refuses a regular expression that Polars can't read."""
    polars = loading.polars()
    try:
        polars.Series([""]).str.contains(pattern)
    except polars.exceptions.ComputeError as error:
        said = [line[7:] for line in str(error).splitlines() if line.startswith("error: ")]
        reason = said[0] if said else "it can't be read"
        raise ExpressionError(f"The regular expression can't be used: {reason}.", start=start, end=end) from error


def moment(node: Literal, library: str) -> Any:
    """A text beside a date, read as a date."""
    try:
        value = datetime.datetime.fromisoformat(str(node.value))
    except ValueError as error:
        raise ExpressionError(
            f"“{node.value}” stands beside a date and is none; write it as 2024-12-31.", start=node.start, end=node.end
        ) from error
    if library == "pandas":
        return PD.Timestamp(str(node.value))
    day = (value.year, value.month, value.day)
    if value.time() == datetime.time():
        return PL.date(*day)
    return PL.datetime(*day, value.hour, value.minute, value.second)


def as_text(value: Any) -> str:
    """A plain value as the text that joining makes of it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
