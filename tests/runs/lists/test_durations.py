import pytest

from runs.tracking import durations


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("30s", 30), ("15m", 900), ("2h", 7200), ("7d", 604800), ("1h 30m", 5400)]
)
def test_people_write_durations_in_several_ways(text, seconds):
    assert durations.parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "2 weeks", "-5m", "1h and more"])
def test_what_is_no_duration_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="30s, 15m, 2h or 7d"):
        durations.parse_seconds(text)


@pytest.mark.parametrize("text", ["30s", "15m", "2h", "7d", "90s"])
def test_a_duration_is_shown_in_its_shortest_form(text):
    assert durations.as_text(durations.parse_seconds(text)) == text
