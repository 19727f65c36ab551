"""The functions that work on dates and times."""

from __future__ import annotations

from typing import Any

from atelier.dataflow.expressions.functions import DATES, PD, PL, Function
from atelier.dataflow.terms import Term, name

UNITS = ("days", "hours", "minutes", "seconds", "weeks", "months", "years")
STARTS = {"year": ("1y", "Y"), "quarter": ("1q", "Q"), "month": ("1mo", "M"), "week": ("1w", "W"), "day": ("1d", "D")}
ISO, ISO_TIME = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"


def _date_polars(kind: str, value: Any, form: str = ISO) -> Term:
    if kind in ("date", "datetime"):
        return value.dt.date()
    return value.str.to_date(form, strict=False)


def _date_pandas(kind: str, value: Any, form: str = ISO) -> Term:
    if kind in ("date", "datetime"):
        return value.dt.normalize()
    return PD.to_datetime(value, format=form, errors="coerce").dt.normalize()


def _datetime_polars(kind: str, value: Any, form: str = ISO_TIME) -> Term:
    if kind in ("date", "datetime"):
        return value.cast(PL.Datetime("us"))
    return value.str.to_datetime(form, strict=False)


def _datetime_pandas(kind: str, value: Any, form: str = ISO_TIME) -> Term:
    return value if kind in ("date", "datetime") else PD.to_datetime(value, format=form, errors="coerce")


def _clock(part: str) -> Function:
    def polars(kind: str, value: Any) -> Term:
        moment = value.cast(PL.Datetime("us")) if kind == "date" else value
        return getattr(moment.dt, part)().cast(PL.Int64)

    def pandas(kind: str, value: Any) -> Term:
        return getattr(value.dt, part).astype("Int64")

    return Function(
        part, f"{part}(date)", f"The {part}.", DATES, ("moment",), "integer", polars, pandas, minds_kind=True
    )


def _part(attribute: str) -> Any:
    return lambda value: getattr(value.dt, attribute)().cast(PL.Int64)


def _part_pandas(attribute: str) -> Any:
    return lambda value: getattr(value.dt, attribute).astype("Int64")


def _function(called: str, help: str, polars: Any, pandas: Any) -> Function:
    return Function(called, f"{called}(date)", help, DATES, ("moment",), "integer", polars, pandas)


def _difference(first: Any, last: Any, unit: str) -> Term:
    return name("date_difference")(first, last, unit)


FUNCTIONS = (
    Function(
        "date", "date(value, format)", "The date in a text of this format (%Y-%m-%d, without one); missing where it is not "
        "one. Of a time: its date.", DATES, ("any", "=text?"), "date", _date_polars, _date_pandas,
        minds_kind=True,
    ),
    Function(
        "datetime", "datetime(value, format)", "The date and time in a text of this format (%Y-%m-%d %H:%M:%S).", DATES,
        ("any", "=text?"), "datetime", _datetime_polars, _datetime_pandas, minds_kind=True,
    ),
    Function(
        "format_date", "format_date(date, format)", "As text in a format: %d %B %Y is 05 March 2024.", DATES,
        ("moment", "=text"), "text",
        lambda value, form: value.dt.strftime(form), lambda value, form: value.dt.strftime(form).astype("string"),
    ),
    _function("year", "The year.", _part("year"), _part_pandas("year")),
    _function("quarter", "The quarter, 1 to 4.", _part("quarter"), _part_pandas("quarter")),
    _function("month", "The month, 1 to 12.", _part("month"), _part_pandas("month")),
    _function(
        "week", "The week of the year, as ISO counts.", _part("week"), lambda value: value.dt.isocalendar().week.astype("Int64")
    ),
    _function("day", "The day of the month.", _part("day"), _part_pandas("day")),
    _function("day_of_year", "The day of the year.", _part("ordinal_day"), _part_pandas("day_of_year")),
    _function(
        "weekday", "The day of the week: 1 is Monday.", _part("weekday"),
        lambda value: value.dt.day_of_week.astype("Int64") + 1,
    ),
    _clock("hour"),
    _clock("minute"),
    _clock("second"),
    Function(
        "add_days", "add_days(date, n)", "n days later; earlier when n is negative.", DATES, ("moment", "=integer"), "same",
        lambda value, days: value.dt.offset_by(f"{days}d"), lambda value, days: value + PD.Timedelta(days=days),
    ),
    Function(
        "add_months", "add_months(date, n)", "n months later, at most the last day of that month.", DATES,
        ("moment", "=integer"), "same",
        lambda value, months: value.dt.offset_by(f"{months}mo"),
        lambda value, months: value + PD.DateOffset(months=months),
    ),
    Function(
        "start_of", "start_of(date, unit)", "The first day of its year, quarter, month or week, or its own day.", DATES,
        ("moment", "=start"), "same",
        lambda value, unit: value.dt.truncate(STARTS[unit][0]),
        lambda value, unit: value.dt.to_period(STARTS[unit][1]).dt.start_time,
    ),
    Function(
        "date_difference", "date_difference(from, to, unit)", "How many whole days, hours, minutes, seconds, weeks, months "
        "or years lie between them; negative when `to` is earlier.", DATES, ("moment", "moment", "=unit"), "integer",
        _difference, _difference,
    ),
)  # fmt: skip
