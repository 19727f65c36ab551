"""Parameters are judged before anything runs, in words a person can act on."""

from typing import Any

import pytest
from atelier.components import checking, column_rules
from atelier.components.declaring import Component, Kind, Parameter
from atelier.components.errors import ComponentError

pytestmark = pytest.mark.pure

SPLIT = Component(
    name="split",
    label="Split",
    category="Data transformation",
    description="",
    run=lambda inputs, parameters, context: {},
    parameters=(
        Parameter("mode", Kind.CHOICE, default="Rows", choices=("Rows", "Words")),
        Parameter("fraction", Kind.NUMBER, default=0.5, minimum=0, maximum=1, when={"mode": ("Rows",)}),
        Parameter("stratified", Kind.BOOLEAN, default=False, when={"mode": ("Rows",)}),
        Parameter("key", Kind.COLUMN, label="Key column", when={"stratified": (True,)}),
        Parameter("words", Kind.TEXT, when={"mode": ("Words",)}),
        Parameter("seed", Kind.INTEGER, default=0, minimum=0),
        Parameter("columns", Kind.COLUMNS, optional=True),
        Parameter("rates", Kind.NUMBERS, default="0.1; 0.2", minimum=0),
        Parameter("parts", Kind.CHOICES, default="a,b", choices=("a", "b", "c")),
    ),
)


def test_every_parameter_that_counts_is_filled_with_its_kind() -> None:
    filled = checking.fill(SPLIT, {"fraction": "0.25", "stratified": "True", "key": "make", "columns": "all"})
    assert filled == {
        "mode": "Rows",
        "fraction": 0.25,
        "stratified": True,
        "key": "make",
        "seed": 0,
        "columns": column_rules.Rule("all"),
        "rates": (0.1, 0.2),
        "parts": ("a", "b"),
    }


def test_what_does_not_count_is_neither_asked_nor_judged() -> None:
    filled = checking.fill(SPLIT, {"mode": "words", "words": "x", "fraction": 7})
    assert "fraction" not in filled and "key" not in filled and filled["mode"] == "Words"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"fraction": 1.5}, "Fraction must be between 0 and 1; 1.5 is given."),
        ({"fraction": "half"}, "Fraction must be a number; 'half' is given."),
        ({"fraction": float("nan")}, "Fraction must be a number; nan is given."),
        ({"seed": -1}, "Seed must be at least 0; -1 is given."),
        ({"seed": 1.5}, "Seed must be a whole number; 1.5 is given."),
        ({"seed": None}, "Seed is wanted."),
        ({"mode": "Columns"}, "Mode must be one of Rows, Words; 'Columns' is given."),
        ({"stratified": "perhaps"}, "Stratified must be true or false; 'perhaps' is given."),
        ({"stratified": True}, "Key column is wanted: choose a column."),
        ({"mode": "Words"}, "Words is wanted."),
        ({"rates": "0.1; x"}, "Rates must be numbers with ; between them, such as 0.1; 0.2; 'x' is no number."),
        ({"parts": "a, d"}, "Parts must be some of a, b, c; 'd' is given."),
        ({"columns": "all; leave names x"}, "Columns: A step begins with include or exclude, and names, indices, "),
        ({"mode": "Words", "words": "ä" * 32_001}, "Words is longer than 64,000 bytes"),
        ({"fracton": 0.5}, "Split has no parameter 'fracton'. Did you mean 'fraction'?"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(given: dict[str, Any], sentence: str) -> None:
    problems = checking.check(SPLIT, given)
    assert len(problems) == 1
    assert problems[0].sentence.startswith(sentence)
    with pytest.raises(ComponentError) as raised:
        checking.fill(SPLIT, given)
    assert raised.value.parameter == problems[0].parameter


def test_what_a_pipeline_fills_in_later_is_not_judged() -> None:
    assert checking.check(SPLIT, {"fraction": "${{parent.inputs.share}}"}) == []


def test_all_problems_are_told_at_once() -> None:
    assert [one.parameter for one in checking.check(SPLIT, {"fraction": 2, "seed": "x"})] == ["fraction", "seed"]


def test_an_expression_that_nobody_filled_in_is_told_before_it_runs() -> None:
    with pytest.raises(ComponentError, match="Fraction is still an expression"):
        checking.fill(SPLIT, {"fraction": "${{parent.inputs.share}}"})
    assert checking.check(SPLIT, {"seed": 10**400})[0].sentence.startswith("Seed must be a whole number")
