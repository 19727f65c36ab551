"""All the shapes of requests and answers as rows, and what is none."""

import json
from typing import Any

import pytest

from registry.endpoints.monitoring.bodies import MAX_COLUMNS, MAX_ROWS, rows

JSON = "application/json; charset=utf-8"
AB = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
SPLIT = {"columns": ["a", "b"], "index": [0, 1], "data": [[1, "x"], [2, "y"]]}


@pytest.mark.parametrize(
    "body",
    [
        AB, {"data": AB}, {"dataframe_records": AB}, {"instances": AB}, {"inputs": AB}, {"input_data": SPLIT},
        {"dataframe_split": SPLIT}, SPLIT, {"a": [1, 2], "b": ["x", "y"]}, {"inputs": {"a": [1, 2], "b": ["x", "y"]}},
        {"data": [[1, "x"], [2, "y"]]}, [[1, "x"], [2, "y"]], {"data": {"a": [1, 2], "b": ["x", "y"]}, "method": "predict"},
        {"inputs": [{"name": "a", "shape": [2], "datatype": "INT64", "data": [1, 2]},
                    {"name": "b", "shape": [2, 1], "datatype": "BYTES", "data": [["x"], ["y"]]}]},
        json.dumps(AB),
    ],
)  # fmt: skip
def test_every_shape_of_a_request_is_the_same_table(body: Any) -> None:
    assert rows(json.dumps(body), JSON, names=("a", "b")) == AB


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"predictions": [1.5, 2]}, [{"p": 1.5}, {"p": 2}]),
        ([1.5], [{"p": 1.5}]),
        (3, [{"p": 3}]),
        ({"result": 5}, [{"p": 5}]),
        ({"predictions": [[0.1, 0.9]]}, [{"p_0": 0.1, "p_1": 0.9}]),
        ({"label": "cat", "score": 0.5, "boxes": [1]}, [{"label": "cat", "score": 0.5}]),
        ({"outputs": [{"name": "y", "shape": [2, 2], "data": [1, 2, 3, 4]}]}, [{"p_0": 1, "p_1": 2}, {"p_0": 3, "p_1": 4}]),
    ],
)  # fmt: skip
def test_answers_are_predictions(body: Any, found: list[Any]) -> None:
    assert rows(json.dumps(body), JSON, single="p") == found


def test_delimited_text_is_a_table() -> None:
    text = 'a,b\n1,x\n2.5,"y, z"\n,true\n'
    assert rows(text, "text/csv") == [{"a": 1, "b": "x"}, {"a": 2.5, "b": "y, z"}, {"a": None, "b": "true"}]


@pytest.mark.parametrize(
    "text",
    [
        "", None, "{", "[" * 100_000, '{"data":' * 2_000, "nul", "NaN", '{"data": {"data": {"data": {"data": {}}}}}', "[[[1]]]",
        '{"columns": [], "data": []}', '[{"name": 1, "data": 3}]', '{"a": {"b": 1}}',
        '[{"name": "a", "data": [1], "shape": [1, -1]}, {"name": "b", "data": [1, 2]}]',
    ],
)  # fmt: skip
def test_what_is_no_table_has_no_rows(text: str | None) -> None:
    assert [row for row in rows(text, JSON) if any(value is not None for value in row.values())] == []


def test_rows_columns_and_values_are_bounded() -> None:
    assert len(rows(json.dumps([[1]] * (MAX_ROWS + 5)), JSON)) == MAX_ROWS
    (row,) = rows(json.dumps([{f"c{n}": n for n in range(MAX_COLUMNS + 5)}]), JSON)
    assert len(row) == MAX_COLUMNS
    assert rows('[{"a": 1e999, "b": 99999999999999999999, "c": NaN}]', JSON) == [{"a": None, "b": 1e20, "c": None}]
    ((value,),) = [row.values() for row in rows(json.dumps(["x" * 5_000]), JSON)]
    assert len(value) == 200
    assert rows("a\n" + "1\n" * (MAX_ROWS + 5), "text/csv")[-1] == {"a": 1}
