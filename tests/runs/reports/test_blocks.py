"""A report's text cut into prose and live blocks."""

import pytest

from runs.reports import blocks


def kinds(text: str) -> list[str]:
    return [block.kind for block in blocks.parts(text)]


def error(text: str) -> str:
    (block,) = blocks.parts(text)
    return block.error


def test_prose_and_live_blocks_come_in_their_order() -> None:
    text = "# Hello\n\n```chart\nmetrics: loss\nexperiment: a/b\n```\n\nwords\n\n```run\nk3v9x2m7qabc\n```\n"
    assert kinds(text) == ["prose", "chart", "prose", "run"]
    found = blocks.parts(text)
    assert found[1].values == {"metrics": ["loss"], "experiment": "a/b"}
    assert found[3].values == {"id": "k3v9x2m7qabc"}


def test_other_fences_and_fences_inside_a_list_stay_prose() -> None:
    assert kinds("```python\nprint()\n```\n\n- a\n\n  ```chart\n  metrics: x\n  ```\n") == ["prose"]


def test_markup_in_prose_is_shown_as_text() -> None:
    (block,) = blocks.parts("<script>alert(1)</script>\n\n[x](javascript:alert)")
    assert "<script" not in str(block.html)
    assert "javascript:" not in str(block.html) or "href" not in str(block.html)


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        ("chart\nexperiment: a", "names 1 to 12 metrics"),
        ("chart\nmetrics: [loss]", "Say which runs"),
        ("chart\nmetrics: [loss]\nexperiment: a\nx: sideways", "x is step"),
        ("chart\nmetrics: [loss]\nexperiment: a\nsmoothing: 2", "between 0 and 0.99"),
        ("chart\nmetrics: [loss]\nexperiment: a\nlimit: 1000", "limit is between"),
        ("chart\nmetrics: [loss]\nexperiment: a\nlog: maybe", "true or false"),
        ("chart\nmetrics: [[loss]]\nexperiment: a", "list of names"),
        ("chart\nmetrics: [loss\n", "no YAML"),
        ("chart\njust words", "made of lines"),
        ("runs\nexperiment: a\nsurprise: 1", "no field 'surprise'"),
        ("run\n", "names one run"),
        ("chart\nmetrics: !!python/object/apply:os.system [ls]", "no YAML"),
        ("chart\na: &a {k: 1}\nb: {<<: [*a, *a]}", "no YAML"),
        ("chart\nmetrics: " + "[" * 50_000, "no YAML"),
        ("chart\nmetrics: [0x" + "f" * 5_000 + "]\nexperiment: a", "too long"),
        ("chart\nmetrics: [loss]\nexperiment: a\nsmoothing: 0x" + "f" * 5_000, "between 0 and 0.99"),
        ('chart\nmetrics: [loss]\nexperiment: "a\\0b"', "can't be stored"),
        ('runs\nruns: ["\\ud800"]', "no YAML"),
        ("runs\nexperiment: a\ncolumns: [" + "a, " * 41 + "]", "at most 40 columns"),
    ],
)
def test_what_a_block_gets_wrong_is_one_sentence(inside: str, says: str) -> None:
    assert says in error(f"```{inside}\n```\n")
