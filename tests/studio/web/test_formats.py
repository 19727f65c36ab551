"""Times, sizes and numbers as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from studio.web import formats

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.32, "320ms"),
        (0.0001, "1ms"),
        (47, "47s"),
        (59.99, "59s"),
        (60, "1m 00s"),
        (252, "4m 12s"),
        (3599, "59m 59s"),
        (3840, "1h 04m"),
        (86400, "1d 0h"),
        (2 * 86400 + 3 * 3600, "2d 3h"),
        (-1, "–"),
        (float("nan"), "–"),
        (None, "–"),
    ],
)
def test_a_duration_names_its_two_largest_units(seconds: float | None, text: str) -> None:
    assert formats.duration(seconds) == text


def test_a_duration_may_be_a_timedelta() -> None:
    assert formats.duration(timedelta(minutes=4, seconds=12)) == "4m 12s"


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(seconds=50), "1 min ago"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(minutes=59, seconds=40), "1 h ago"),
        (timedelta(hours=23, minutes=40), "24 h ago"),
        (timedelta(days=1, hours=2), "1 day ago"),
        (timedelta(days=6, hours=23), "6 days ago"),
        (timedelta(days=8), "13 Nov"),
        (timedelta(days=400), "17 Oct 2025"),
        (timedelta(minutes=-5), "in 5 min"),
        (timedelta(seconds=-20), "in a moment"),
        (timedelta(seconds=-2), "just now"),
    ],
)
def test_a_time_is_relative_for_a_week_and_a_date_after(ago: timedelta, text: str) -> None:
    assert formats.relative_time(NOW - ago, now=NOW) == text


def test_the_absolute_time_names_its_zone() -> None:
    assert formats.absolute_time(NOW) == "21 Nov 2026, 12:00:00 UTC"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1536, "1.5 kB"),
        (999_999, "1.0 MB"),
        (48_213_000_000, "48.2 GB"),
        (512_000_000, "512 MB"),
        (None, "–"),
    ],
)
def test_a_size_is_in_powers_of_ten(value: float | None, text: str) -> None:
    assert formats.size(value) == text


def test_memory_is_also_told_in_powers_of_two() -> None:
    assert formats.binary_size(15_500_000_000) == "14.4 GiB"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.123456789, "0.1235"),
        (0.5, "0.5"),
        (0.98612, "0.9861"),
        (0.00012346, "0.0001235"),
        (12.3456, "12.35"),
        (1234.56, "1,235"),
        (9999.7, "10,000"),
        (99.99999, "100"),
        (1234, "1,234"),
        (1234.0, "1,234"),
        (12345.678, "12,346"),
        (1.5e-7, "1.5e-7"),
        (2.34567e19, "2.346e19"),
        (-0.25, "-0.25"),
        (0.0, "0"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (None, "–"),
    ],
)
def test_a_number_has_four_significant_digits(value: float | None, text: str) -> None:
    assert formats.number(value) == text


def test_the_full_number_keeps_every_digit() -> None:
    assert formats.full_number(0.1234567890123) == "0.1234567890123"


def test_a_long_name_loses_its_middle() -> None:
    cut = formats.middle_cut("abcdefghijklmnopqrstuvwxyz", length=9)

    assert (cut, len(cut)) == ("abcd…wxyz", 9)
    assert formats.middle_cut("short", length=9) == "short"


def test_a_sparkline_has_a_gap_where_a_value_is_not_finite() -> None:
    path = formats.sparkline([0.0, 1.0, float("nan"), 1.0, 0.0])

    assert path.count("M") == 2
    assert formats.sparkline([1.0]) == ""


def test_a_sparkline_of_equal_values_is_a_flat_line() -> None:
    assert formats.sparkline([2.0, 2.0]) == "M0.0 26.0L100.0 26.0"
