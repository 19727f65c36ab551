"""Tree → text → tree, and the chips of a page."""

import pytest

from studio import search

TEXTS = [
    "metrics.loss < 0.3 AND params.model IN ('a', 'b') AND NOT status = 'failed'",
    "(metrics.a > 1 OR metrics.b > 2) AND tags.t IS NULL",
    'metrics."val loss".max > 1 AND metrics."loss.max" > 1 AND metrics.loss.max > 1',
    "start_time > 7d AND user = me AND start_time > '2026-01-31'",
    "resnet AND \"or\" AND \"two words\" AND 50 AND x.y",
    "params.`a\"b` = 'it''s' AND params.\"a`b\" = \"say \"\"hi\"\"\"",
    "NOT (a = 1 OR NOT b = 2) OR c = nan",
    "tags.`and` = 'x' AND tags.team !~ '^v\\d+$'",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_written_means_the_same(text: str) -> None:
    node = search.parse(text)
    again = search.write(node)
    assert search.parse(again) == node
    assert search.write(search.parse(again)) == again


def test_chips_are_the_parts_that_all_must_hold() -> None:
    text = "vit AND (metrics.a > 1 OR b = 'x') AND NOT c = 2 AND params.lr <= 0.1"
    found = search.chips(search.parse(text))
    assert [text[chip.start : chip.end] for chip in found] == [
        "vit", "(metrics.a > 1 OR b = 'x')", "NOT c = 2", "params.lr <= 0.1",
    ]  # fmt: skip
    assert [chip.kind for chip in found] == ["words", "or", "not", "compare"]
    assert (found[3].family, found[3].key, found[3].operator, found[3].value) == ("params", "lr", "<=", "0.1")


def test_chips_joined_again_are_the_same_search() -> None:
    text = "a = 1 AND (b = 2 OR c = 3) AND w"
    node = search.parse(text)
    assert search.parse(" AND ".join(text[chip.start : chip.end] for chip in search.chips(node))) == node


def test_nothing_has_no_chips() -> None:
    assert search.chips(None) == []
    assert search.write(None) == ""
