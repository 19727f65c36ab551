"""The column picker's rule: read, written and applied."""

import pandas as pd
import pytest
from atelier.components import column_rules as rules
from atelier.components.errors import ComponentError
from atelier.components.tables import LABEL, Column, Table
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.pure

TABLE = Table(
    pd.DataFrame(
        {
            "make": ["audi", "bmw"],
            "normalized, losses": [1.0, None],
            'the "price"': [5, 6],
            "is new": pd.array([True, None], dtype="boolean"),
            "style": pd.Categorical(["a", "b"]),
            "sold": pd.to_datetime(["2024-01-01", "2024-01-02"]),
        }
    ),
    {'the "price"': Column(role=LABEL)},
)

STEPS = st.one_of(
    st.builds(
        rules.Step,
        st.sampled_from(["include", "exclude"]),
        st.just("names"),
        st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        rules.Step,
        st.sampled_from(["include", "exclude"]),
        st.just("types"),
        st.lists(st.sampled_from(["numeric", "string", "datetime"]), min_size=1, max_size=2).map(tuple),
    ),
    st.builds(
        rules.Step,
        st.sampled_from(["include", "exclude"]),
        st.just("indices"),
        st.lists(st.sampled_from(["1", "2-4", "7"]), min_size=1, max_size=2).map(tuple),
    ),
)


@given(st.builds(rules.Rule, st.sampled_from(["all", "none"]), st.lists(STEPS, max_size=3).map(tuple)))
def test_a_rule_that_is_written_is_read_as_the_same(rule: rules.Rule) -> None:
    assert rules.parse(rules.write(rule)) == rule


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("make", ["make"]),
        ('sold, make, "normalized, losses"', ["make", "normalized, losses", "sold"]),
        (r'"the \"price\""', ['the "price"']),
        ("all; exclude types numeric, datetime", ["make", "is new", "style"]),
        ("none; include indices 1-2, 6; exclude names make", ["normalized, losses", "sold"]),
        ("none; include types boolean, categorical", ["is new", "style"]),
        ("ALL; Exclude roles feature", ['the "price"']),
        ("exclude types numeric", ["make", "is new", "style", "sold"]),
        ("none; include types string; include roles label", ["make", 'the "price"']),
    ],
)
def test_a_rule_picks_in_the_order_of_the_table(text: str, columns: list[str]) -> None:
    assert rules.pick(text, TABLE) == columns


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "No column is chosen: name columns, or begin with all or none. (character 1)"),
        ("all; exclude", "A step begins with include or exclude, and names, indices, types or roles. (character 6)"),
        (
            "all; exclude types numbers",
            "'numbers' is none of numeric, string, boolean, categorical, datetime. (character 20)",
        ),
        ("none; include indices 0", "'0' is no number of a column: the first is 1, a range is 2-4. (character 23)"),
        ("none; include indices 4-2", "The range '4-2' ends before it begins. (character 23)"),
        ('make, "price', "A quote is not closed. (character 6)"),
        ("make,, price", "A value is missing here. (character 6)"),
        ("make; price", "Steps are separated by ; after all or none: `all; exclude names …`. (character 5)"),
        ('"make" price', "A comma is missing between two values. (character 8)"),
    ],
)
def test_a_wrong_rule_is_told_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(rules.RuleError) as raised:
        rules.parse(text)
    assert raised.value.sentence == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("weight", "There is no column 'weight' in the table. Its columns are: make,"),
        ("none; include indices 3-9", "There is no column 9: the table has 6."),
        ("all; exclude indices 1-6", "The rule “all; exclude indices 1-6” picks no column of the table."),
    ],
)
def test_columns_that_are_not_there_are_told(text: str, sentence: str) -> None:
    with pytest.raises(ComponentError, match=sentence) as raised:
        rules.pick(text, TABLE, parameter="columns")
    assert raised.value.parameter == "columns"
