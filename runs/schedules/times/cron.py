"""Cron expressions: five fields, as crontab has them.

Our own reader rather than a library's: the wall clock is told apart from the time zone here, so that what happens to an hour
that is skipped or doubled is decided in one place (`zoned`) for cron and for recurrences alike; and a wrong field is named.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from studio.errors import Invalid

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
WEEKDAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, MONTHS),
    ("day of week", 0, 7, WEEKDAYS),
)
SHORT = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
LONGEST = 200
DAYS_LOOKED_AT = 366 * 9  # the 29th of February may be eight years away


@dataclass(frozen=True, slots=True)
class Cron:
    """What an expression allows. `days` and `weekdays` (0 is Sunday) are None where any will do."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None

    @property
    def is_every_hour(self) -> bool:
        return len(self.hours) == 24

    def fits(self, day: date) -> bool:
        """Whether anything is due on this day. Of two restrictions of the day either is enough, as in crontab."""
        if day.month not in self.months:
            return False
        weekday = (day.weekday() + 1) % 7
        if self.days is not None and self.weekdays is not None:
            return day.day in self.days or weekday in self.weekdays
        return (self.days is None or day.day in self.days) and (self.weekdays is None or weekday in self.weekdays)

    def from_(self, start: datetime) -> Iterator[datetime]:
        """Times of the wall clock from `start` on, in order."""
        for number in range(DAYS_LOOKED_AT):
            try:
                day = start.date() + timedelta(days=number)
            except OverflowError:
                return
            if not self.fits(day):
                continue
            for hour in self.hours:
                for minute in self.minutes:
                    moment = datetime.combine(day, time(hour, minute))
                    if moment >= start:
                        yield moment


def parse(expression: str) -> Cron:
    """Raises Invalid `bad_cron` naming the field."""
    text = SHORT.get(expression.strip().lower(), expression.strip())
    parts = text.split()
    if len(expression) > LONGEST or len(parts) != len(FIELDS):
        raise _wrong(
            "A cron expression has five fields: minute, hour, day of month, month, day of week. "
            "For 2:15 every night write 15 2 * * *."
        )
    minutes, hours, days, months, weekdays = map(_field, parts, FIELDS)
    return Cron(
        tuple(sorted(minutes)),
        tuple(sorted(hours)),
        None if _is_any(parts[2]) else frozenset(days),
        frozenset(months),
        None if _is_any(parts[4]) else frozenset(day % 7 for day in weekdays),
    )


def _field(text: str, field: tuple[str, int, int, dict[str, int]]) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        found |= _part(part, field)
    return found


def _part(part: str, field: tuple[str, int, int, dict[str, int]]) -> set[int]:
    """`*`, `5`, `1-5`, `*/15`, `mon-fri`, `10-50/20`."""
    name, low, high, _ = field
    span, slash, step_text = part.partition("/")
    step = _number(step_text, field) if slash else 1
    if step < 1:
        raise _wrong(f"The step {part} of the {name} must be 1 or more.")
    if span in ("*", "?"):
        return set(range(low, high + 1, step)) - ({7} if high == 7 else set())
    first_text, dash, last_text = span.partition("-")
    first = _number(first_text, field)
    last = _number(last_text, field) if dash else (high if slash else first)
    if name == "day of week" and dash and last == 0:
        last = 7  # fri-sun
    if not (low <= first <= high and low <= last <= high):
        raise _wrong(f"The {name} {part} is outside {low} to {high}.")
    if last < first:
        raise _wrong(f"The {name} {part} runs backwards.")
    return set(range(first, last + 1, step))


def _number(text: str, field: tuple[str, int, int, dict[str, int]]) -> int:
    name, _, _, words = field
    word = text.lower()[:3]
    if word in words and text.isalpha():
        return words[word]
    if text.isascii() and text.isdigit() and len(text) < 4:
        return int(text)
    raise _wrong(
        f"The {name} {text[:20]!r} is not read: write numbers, *, lists (1,15), ranges (1-5) and steps (*/15)."
    )


def _is_any(text: str) -> bool:
    return text in ("*", "?")


def _wrong(sentence: str) -> Invalid:
    return Invalid("bad_cron", sentence, fields={"trigger.expression": sentence})
