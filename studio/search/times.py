"""Times in a search: milliseconds as MLflow counts them, dates, and so long ago."""

import re
from datetime import UTC, datetime, timedelta

from studio.search.tree import Ago, Moment, Number, Text, Value

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
AGO = re.compile(r"\d{1,9}(?:\.\d{1,9})?[smhdw]")
LONGEST = timedelta(days=36500)
LAST_MS = 253_402_300_799_999  # the end of the year 9999


def ago(text: str) -> timedelta:
    """`7d` as a duration, at most a hundred years."""
    seconds = float(text[:-1]) * SECONDS[text[-1]]
    return timedelta(seconds=min(seconds, LONGEST.total_seconds()))


def read(value: Value) -> Ago | Moment | None:
    """The time a number of milliseconds, a date or `'7d'` means; None when it means none."""
    if isinstance(value, Number):
        milliseconds = value.number
        if not -LAST_MS <= milliseconds <= LAST_MS:  # not a number, too
            return None
        at = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=max(milliseconds, 0.0))
        return Moment(at, value.text, value.span)
    if not isinstance(value, Text):
        return None
    text = value.text.strip()
    if AGO.fullmatch(text):
        return Ago(ago(text), f"'{text}'", value.span)
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Moment(at, f"'{text}'", value.span)
