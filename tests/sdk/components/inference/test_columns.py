"""The values of a request become columns of the types of the training."""

import math

import pandas as pd
import pytest
from atelier.components.inference import columns
from atelier.components.inference.columns import Unfit, Wanted
from atelier.components.tables import Column, Table

pytestmark = pytest.mark.pure
KINDS = {"n": "long", "x": "double", "t": "string", "b": "boolean", "d": "datetime"}
WANTED = [Wanted(name, kind, required=name != "x") for name, kind in KINDS.items()]


def test_values_come_as_they_are_written_and_gaps_stay_gaps() -> None:
    given = {"n": ["1", 2.0], "t": ["a", 5], "b": ["true", 0], "d": ["2026-01-02", None]}
    frame = columns.table_of(given, WANTED).frame
    assert (frame["n"].tolist(), str(frame["n"].dtype)) == ([1, 2], "int64")
    assert frame["x"].isna().all() and frame["t"].tolist() == ["a", "5"] and frame["b"].tolist() == [True, False]
    assert frame["d"][0] == pd.Timestamp("2026-01-02") and pd.isna(frame["d"][1])
    gaps = columns.table_of(
        {"n": [None, 2], "x": ["", math.nan], "t": [None, None], "b": [None, True], "d": ["", ""]}, WANTED
    )
    assert gaps.frame.iloc[0].isna().all() and gaps.frame["n"][1] == 2.0


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    given = {"n": [1, [2]], "x": ["a", 1], "b": ["yes", True], "d": ["soon", None]}
    with pytest.raises(Unfit) as raised:
        columns.table_of(given, WANTED)
    assert dict(raised.value.problems) == {
        "n": "is [2] in row 2; it must be a number.",
        "x": "is 'a' in row 1; it must be a number.",
        "t": "is missing.",
        "b": "is 'yes' in row 1; it must be true or false.",
        "d": "is 'soon' in row 1; it must be a date and time.",
    }


def test_columns_of_a_table_keep_what_they_are_meant_as() -> None:
    table = Table(
        pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": pd.Categorical([3, 4])}), {"a": Column("label", True)}
    )
    assert columns.of_table(table) == [
        Wanted("a", "long", True, "label", True),
        Wanted("b", "string", False),
        Wanted("c", "long", True, is_categorical=True),
    ]
    assert columns.table_of({"a": [1], "c": [3]}, columns.of_table(table)).column("a") == Column("label", True)
