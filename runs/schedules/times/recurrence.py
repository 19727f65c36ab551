"""Recurrences as Azure ML has them: every so many minutes, hours, days, weeks or months, at these times of these days."""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from studio.errors import Invalid

FREQUENCIES = ("minute", "hour", "day", "week", "month")
WEEKDAYS = tuple(name.lower() for name in calendar.day_name)  # Monday first
MOST = {"minute": 527_040, "hour": 8_784, "day": 1_000, "week": 500, "month": 120}  # intervals: a year and more
PERIODS_LOOKED_AT = 5_000
KNOWN = ("hours", "minutes", "week_days", "weekdays", "month_days", "monthdays")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every `interval` of `frequency`, counted from where the schedule begins."""

    frequency: str
    interval: int
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    week_days: tuple[int, ...] = ()  # 0 is Monday
    month_days: tuple[int, ...] = ()

    @property
    def step(self) -> timedelta | None:
        """The length of a period where it is one of real time: an hour's shift of the clock does not touch it."""
        return {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}.get(
            self.frequency, timedelta()
        ) * self.interval or None

    def times_of_day(self, begins: datetime) -> list[time]:
        if not self.hours and not self.minutes:
            return [begins.time().replace(second=0, microsecond=0)]
        hours, minutes = self.hours or (begins.hour,), self.minutes or (0,)
        return sorted(time(hour, minute) for hour in hours for minute in minutes)

    def from_(self, start: datetime, begins: datetime) -> Iterator[datetime]:
        """Times of the wall clock from `start` on, in order; `begins` is where the periods are counted from."""
        times = self.times_of_day(begins)
        for day in self._days(start.date(), begins):
            for moment in (datetime.combine(day, at) for at in times):
                if moment >= start and moment >= begins.replace(second=0, microsecond=0):
                    yield moment

    def _days(self, start: date, begins: datetime) -> Iterator[date]:
        first = max(self._periods_before(start, begins.date()), 0)
        for number in range(first, first + PERIODS_LOOKED_AT):
            try:
                yield from self._days_of(number * self.interval, begins.date())
            except (OverflowError, ValueError):  # past the year 9999
                return

    def _periods_before(self, start: date, begins: date) -> int:
        """How many whole periods may be passed over to come near `start`."""
        days = {"day": 1, "week": 7, "month": 31}[self.frequency] * self.interval
        return (start - begins).days // days - 1

    def _days_of(self, offset: int, begins: date) -> list[date]:
        if self.frequency == "day":
            return [begins + timedelta(days=offset)]
        if self.frequency == "week":
            monday = begins - timedelta(days=begins.weekday()) + timedelta(weeks=offset)
            return [monday + timedelta(days=day) for day in self.week_days or (begins.weekday(),)]
        months = begins.year * 12 + begins.month - 1 + offset
        year, month = divmod(months, 12)
        longest = calendar.monthrange(year, month + 1)[1]
        return [date(year, month + 1, day) for day in self.month_days or (begins.day,) if day <= longest]


def parse(trigger: Mapping[str, Any]) -> Recurrence:
    """Raises Invalid `bad_recurrence` naming the field."""
    frequency = str(trigger.get("frequency", "")).lower()
    if frequency not in FREQUENCIES:
        raise _wrong("frequency", f"The frequency is one of {', '.join(FREQUENCIES)}.")
    interval = _whole("interval", trigger.get("interval", 1), 1, MOST[frequency])
    pattern = trigger.get("schedule") or trigger.get("pattern") or {}
    if not isinstance(pattern, Mapping):
        raise _wrong("schedule", "The schedule of a recurrence has hours, minutes, week_days and month_days.")
    unknown = [str(name)[:40] for name in pattern if name not in KNOWN]
    if unknown:
        raise _wrong("schedule", f"A recurrence has no {unknown[0]}. It has: hours, minutes, week_days, month_days.")
    if pattern and frequency in ("minute", "hour"):
        raise _wrong("schedule", f"Hours, minutes and days do not go with every {frequency}: leave the schedule out.")
    return Recurrence(
        frequency,
        interval,
        _numbers("hours", pattern.get("hours"), 0, 23),
        _numbers("minutes", pattern.get("minutes"), 0, 59),
        _weekdays(pattern.get("week_days", pattern.get("weekdays")), frequency),
        _month_days(pattern.get("month_days", pattern.get("monthdays")), frequency),
    )


def _numbers(name: str, value: Any, low: int, high: int) -> tuple[int, ...]:
    """One number or a list of them, as Azure takes both."""
    if value is None:
        return ()
    given = value if isinstance(value, list | tuple) else [value]
    return tuple(sorted({_whole(name, each, low, high) for each in given[:200]}))


def _weekdays(value: Any, frequency: str) -> tuple[int, ...]:
    given = [] if value is None else value if isinstance(value, list | tuple) else [value]
    if given and frequency != "week":
        raise _wrong("week_days", "week_days go with the frequency week.")
    found = set()
    for each in given[:20]:
        word = str(each).lower()
        matching = [number for number, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.startswith(word)]
        if not matching:
            raise _wrong("week_days", f"{str(each)[:20]!r} is no day of the week: write monday, tuesday and so on.")
        found.add(matching[0])
    return tuple(sorted(found))


def _month_days(value: Any, frequency: str) -> tuple[int, ...]:
    if value is not None and frequency != "month":
        raise _wrong("month_days", "month_days go with the frequency month.")
    return _numbers("month_days", value, 1, 31)


def _whole(name: str, value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _wrong(name, f"{name} must be a whole number from {low} to {high:,}, not {str(value)[:20]!r}.")
    return value


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("bad_recurrence", sentence, fields={f"trigger.{field}": sentence})
