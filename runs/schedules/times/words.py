"""A schedule in words: "at 02:15 on monday to friday"."""

import calendar

from runs.schedules.times.cron import Cron
from runs.schedules.times.recurrence import WEEKDAYS, Recurrence

MOST_TIMES = 6
SUNDAY_FIRST = (WEEKDAYS[-1], *WEEKDAYS[:-1])


def of_cron(cron: Cron) -> str:
    """The expression as a sentence without a stop."""
    parts = [_times(cron)]
    if cron.days is not None:
        parts.append(f"on day {_listed(sorted(cron.days))} of the month")
    if cron.weekdays is not None:
        days = sorted(cron.weekdays, key=lambda day: (day - 1) % 7)
        joined = "or on" if cron.days is not None else "on"
        parts.append(f"{joined} {_days([SUNDAY_FIRST[day].capitalize() for day in days])}")
    if cron.days is None and cron.weekdays is None and not cron.is_every_hour:
        parts.append("every day")
    if len(cron.months) < 12:
        parts.append(f"in {_and([calendar.month_name[month] for month in sorted(cron.months)])}")
    return " ".join(parts)


def of_recurrence(every: Recurrence) -> str:
    """The recurrence as a sentence without a stop."""
    unit = every.frequency if every.interval == 1 else f"{every.interval} {every.frequency}s"
    parts = [f"every {unit}"]
    if every.week_days:
        parts.append(f"on {_days([WEEKDAYS[day].capitalize() for day in every.week_days])}")
    if every.month_days:
        parts.append(f"on day {_listed(every.month_days)}")
    if every.hours:
        times = [f"{hour:02}:{minute:02}" for hour in every.hours for minute in every.minutes or (0,)]
        parts.append(f"at {_and(times)}" if len(times) <= MOST_TIMES else f"at {len(times)} times of the day")
    elif every.minutes:
        parts.append(f"at minute {_listed(every.minutes)}")
    return " ".join(parts)


def _times(cron: Cron) -> str:
    if cron.is_every_hour:
        if len(cron.minutes) == 60:
            return "every minute"
        step = cron.minutes[1] - cron.minutes[0] if len(cron.minutes) > 1 else 0
        if step and cron.minutes == tuple(range(0, 60, step)) and 60 % step == 0:
            return f"every {step} minutes"
        return f"at minute {_listed(cron.minutes)} of every hour" if cron.minutes != (0,) else "every hour"
    if len(cron.minutes) * len(cron.hours) <= MOST_TIMES:
        return f"at {_and([f'{hour:02}:{minute:02}' for hour in cron.hours for minute in cron.minutes])}"
    if len(cron.minutes) == 60:
        return f"every minute of the hours {_listed(cron.hours)}"
    return f"at minute {_listed(cron.minutes)} of the hours {_listed(cron.hours)}"


def _listed(numbers: "list[int] | tuple[int, ...]") -> str:
    """1, 2, 3, 7 → "1–3 and 7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = []
    for run in runs:
        words += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else [str(number) for number in run]
    return _and(words)


def _days(names: list[str]) -> str:
    return "Monday to Friday" if names == [day.capitalize() for day in WEEKDAYS[:5]] else _and(names)


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
