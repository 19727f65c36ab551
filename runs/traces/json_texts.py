"""JSON that stands inside a text of a trace: a value where every answer and page can hold it, else the text it came as."""

from typing import Any

from studio.api import parsers
from studio.errors import Invalid

# OpenTelemetry's form needs five levels for one of ours, and an answer has 254.
MAX_DEPTH = 40


def value_of(text: str) -> Any:
    """What the text says as JSON; the text itself where it is none, too deep, or holds what can't be stored."""
    try:
        return parsed(text)
    except Invalid:
        return text


def parsed(text: str) -> Any:
    """The value of a JSON text. Raises Invalid."""
    return parsers.loads(text.encode(errors="replace"), allow_nan=True, max_depth=MAX_DEPTH)
