"""Following a deployment's log."""

import pytest
from atelier._cli import deployments


@pytest.mark.parametrize(
    ("before", "text", "fresh"),
    [
        ("", "a\nb", "a\nb"),
        ("a\nb", "a\nb", ""),
        ("a\nb", "a\nb\nc", "c"),
        ("a\nb\nc", "b\nc\nd", "d"),  # the window has moved on
        ("ok\nok\nok", "ok\nok\nok\nok\nok", "ok\nok"),  # a log that says the same again and again
        ("a\nb", "x\ny", "x\ny"),  # all that was seen is gone
    ],
)
def test_a_followed_log_prints_each_line_once(before: str, text: str, fresh: str) -> None:
    assert deployments._beyond(before, text) == fresh
