from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from runs.schedules import placeholders
from runs.schedules.times import cron, recurrence, words, zones
from runs.schedules.times.zoned import Timing
from studio.errors import Invalid

pytestmark = pytest.mark.pure

NEW_YORK = ZoneInfo("America/New_York")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SPRING, FALL = datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 11, 1, 3, tzinfo=UTC)


def at(expression: str, start: datetime, count: int) -> list[str]:
    timing = Timing(cron.parse(expression), NEW_YORK, LONG_AGO)
    return [f"{each:%d %H:%M}" for each in timing.first(start, count)]


@pytest.mark.parametrize(
    ("expression", "start", "times"),
    [
        ("30 2 * * *", SPRING, ["08 07:30", "09 06:30"]),  # 02:30 is skipped: once, an hour's shift later
        ("*/30 1-3 * * *", SPRING, ["08 06:00", "08 06:30", "08 07:00", "08 07:30", "09 05:00"]),
        ("30 1 * * *", FALL, ["01 05:30", "02 06:30"]),  # 01:30 comes twice: the first time only
        ("0 0-5 * * *", FALL, ["01 04:00", "01 05:00", "01 07:00"]),
        ("0 * * * *", FALL, ["01 04:00", "01 05:00", "01 06:00", "01 07:00"]),  # every hour is every hour
        ("0 0 29 2 *", SPRING, ["29 05:00"]),
        ("0 9 13 * fri", datetime(2026, 11, 11, tzinfo=UTC), ["13 14:00", "20 14:00"]),
    ],
)
def test_an_hour_that_is_skipped_or_doubled_fires_once(expression: str, start: datetime, times: list[str]) -> None:
    assert at(expression, start, len(times)) == times


def test_a_date_that_never_comes_has_no_next_time() -> None:
    assert at("0 0 30 2 *", SPRING, 1) == []


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("* * * *", "has five fields"),
        ("60 * * * *", "minute 60 is outside 0 to 59"),
        ("0 25 * * *", "hour 25 is outside"),
        ("0 0 L * *", "day of month 'L' is not read"),
        ("*/0 * * * *", "step"),
        ("0 0 * * fri-mon", "runs backwards"),
        ("٣ * * * *", "not read"),
    ],
)
def test_a_wrong_field_of_a_cron_expression_is_named(expression: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        cron.parse(expression)


def test_a_recurrence_counts_from_its_beginning() -> None:
    weekly = {
        "frequency": "week",
        "interval": 2,
        "schedule": {"hours": [9, 17], "minutes": 30, "week_days": ["monday"]},
    }
    timing = Timing(recurrence.parse(weekly), NEW_YORK, datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert [f"{each:%d %H:%M}" for each in timing.first(LONG_AGO, 3)] == ["02 14:30", "02 22:30", "16 13:30"]
    monthly = {"frequency": "month", "interval": 1, "schedule": {"hours": 9, "minutes": 0, "month_days": [31]}}
    ends = datetime(2026, 6, 1, tzinfo=UTC)
    timing = Timing(recurrence.parse(monthly), ZoneInfo("UTC"), datetime(2026, 1, 1, tzinfo=UTC), ends)
    assert [f"{each:%m-%d}" for each in timing.first(LONG_AGO, 9)] == ["01-31", "03-31", "05-31"]
    hourly = Timing(
        recurrence.parse({"frequency": "hour", "interval": 6}), NEW_YORK, datetime(2026, 3, 7, 1, 15, tzinfo=UTC)
    )
    assert [f"{each:%d %H:%M}" for each in hourly.first(SPRING, 2)] == ["08 07:15", "08 13:15"]


@pytest.mark.parametrize(
    ("trigger", "sentence"),
    [
        ({"frequency": "year"}, "one of minute, hour"),
        ({"frequency": "day", "interval": 0}, "interval must be a whole number"),
        ({"frequency": "hour", "schedule": {"hours": 1}}, "do not go with every hour"),
        ({"frequency": "day", "schedule": {"hours": 24}}, "hours must be a whole number from 0 to 23"),
        ({"frequency": "week", "schedule": {"week_days": ["someday"]}}, "no day of the week"),
    ],
)
def test_a_wrong_recurrence_is_named(trigger: dict, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        recurrence.parse(trigger)


def test_windows_names_of_zones_are_those_of_unicode_and_all_are_there() -> None:
    assert zones.named("Pacific Standard Time").key == "America/Los_Angeles"
    assert zones.named("europe/berlin").key == "Europe/Berlin"
    assert {zones.named(name).key for name in zones.WINDOWS} >= {"Asia/Kolkata", "UTC"}
    with pytest.raises(Invalid, match="no time zone"):
        zones.named("Middle Earth Standard Time")


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("15 2 * * 1-5", "at 02:15 on Monday to Friday"),
        ("*/15 * * * *", "every 15 minutes"),
        ("0 0 1 1 *", "at 00:00 on day 1 of the month in January"),
        ("0 9,17 * * *", "at 09:00 and 17:00 every day"),
    ],
)
def test_an_expression_reads_as_words(expression: str, said: str) -> None:
    assert words.of_cron(cron.parse(expression)) == said


def test_a_placeholder_becomes_the_value_itself_and_an_unknown_one_is_told() -> None:
    event = {"version": "3", "body": {"rows": 7, "who": ["ada"]}, "time": "2026-03-08T07:00:00Z"}
    given = {"n": "${{event.body.rows}}", "path": "azureml:cars:${{ event.version }}", "all": ["${{event.body.who}}"]}
    assert placeholders.filled(given, event) == {"n": 7, "path": "azureml:cars:3", "all": [["ada"]]}
    with pytest.raises(Invalid, match="no event.body.size: there it has rows, who"):
        placeholders.filled({"x": "${{event.body.size}}"}, event)
