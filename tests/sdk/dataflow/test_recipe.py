"""Recipes: reading, checking, schemas, code; whatever is put into them, the answer is a sentence."""

import json
import sys
from typing import Any

import polars as pl
import pytest
from atelier.dataflow import STEPS, LibraryMissing, Recipe, RecipeError
from atelier.dataflow.parameters import KINDS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sdk.dataflow.recipes import CASES
from tests.sdk.dataflow.tables import CARS, OTHERS

COLUMNS = dict(CARS.schema)


def recipe(*steps: tuple[str, dict[str, Any]]) -> Recipe:
    return Recipe.from_dict({"steps": [{"kind": kind, "parameters": values} for kind, values in steps]})


def test_a_recipe_survives_its_json() -> None:
    given = {
        "source": "azureml:cars:1",
        "steps": [
            {"kind": "filter", "parameters": {"expression": "price > 1"}, "enabled": False, "note": "only sold ones"},
            {"kind": "sort", "parameters": {"by": [{"column": "price"}]}},
        ],
    }
    assert Recipe.from_dict(given).to_dict() == given
    assert Recipe.from_dict(json.loads(json.dumps(given))) == Recipe.from_dict(given)


def test_the_steps_are_data_a_page_can_be_built_from() -> None:
    described = json.loads(json.dumps([kind.as_dict() for kind in STEPS.values()]))
    assert [kind["kind"] for kind in described] == list(STEPS)
    for kind in described:
        names = [parameter["name"] for parameter in kind["parameters"]]
        assert kind["label"] and kind["group"] and kind["help"].endswith(".") and len(set(names)) == len(names)
        for parameter in kind["parameters"]:
            assert parameter["kind"] in KINDS
            assert set(parameter["when"]) <= set(names)
            allowed = [choice["value"] for choice in parameter["choices"]]
            if parameter["kind"] == "choice" and parameter["default"] is not None:
                assert parameter["default"] in allowed


def test_steps_follow_one_another_and_disabled_ones_are_passed_over() -> None:
    made = Recipe.from_dict(
        {
            "steps": [
                {"kind": "rename", "parameters": {"names": {"price": "cost"}}},
                {"kind": "new_column", "parameters": {"name": "double", "expression": "cost * 2"}},
                {"kind": "drop_columns", "parameters": {"columns": ["maker"]}, "enabled": False},
                {"kind": "filter", "parameters": {"expression": 'double > 20000 and maker = "Ford"'}},
            ]
        }
    )
    assert made.check(COLUMNS) == []
    assert made.apply(CARS).collect()["double"].to_list() == [22000.2]
    assert "drop" not in made.code("polars")


def test_nothing_is_read_before_the_table_is_collected() -> None:
    made = recipe(
        ("filter", {"expression": "price > 1"}),
        ("group", {"by": ["maker"], "aggregations": [{"column": "price", "how": "sum"}]}),
    )
    assert isinstance(made.apply(CARS.lazy()), pl.LazyFrame)


def test_a_random_sample_is_of_the_size_that_was_asked_for_and_the_same_again() -> None:
    table = pl.DataFrame({"n": range(1000)})
    for values, size in (({"share": 0.25}, 250), ({"how": "count", "count": 10, "seed": 7}, 10)):
        made = recipe(("sample", values))
        first = made.apply(table).collect()["n"].to_list()
        assert len(first) == size
        assert first == sorted(first) == made.apply(table).collect()["n"].to_list()


def test_what_cannot_be_read_stops_a_strict_recipe_when_it_is_collected() -> None:
    strict = recipe(("change_type", {"columns": ["when"], "type": "date", "format": "%d.%m.%Y", "errors": "refuse"}))
    with pytest.raises(pl.exceptions.InvalidOperationError):
        strict.apply(CARS).collect()


def test_the_columns_after_each_step_are_known_without_data() -> None:
    made = recipe(
        ("keep_columns", {"columns": ["maker", "price"]}),
        ("new_column", {"name": "dear", "expression": "price > 10000"}),
        ("pivot", {"index": ["maker"], "column": "dear", "values": "price"}),
        ("sort", {"by": [{"column": "maker"}]}),
    )
    after = made.schema({"maker": "text", "price": "number", "n": "integer"})
    assert after == [
        {"maker": "text", "price": "number"},
        {"maker": "text", "price": "number", "dear": "boolean"},
        None,
        None,
    ]
    assert made.check({"maker": "text", "price": "number", "n": "integer"}) == []


@pytest.mark.parametrize(
    ("kind", "values", "parameter", "said"),
    [
        ("keep_columns", {"columns": ["prize"]}, "columns", "Did you mean “price”?"),
        ("keep_columns", {}, "columns", "“Columns” is missing."),
        ("keep_columns", {"columns": "price"}, "columns", "has to be a list of columns' names"),
        ("keep_columns", {"columns": ["price", "price"]}, "columns", "twice"),
        ("round", {"columns": ["name"]}, "columns", "Change its type first."),
        ("round", {"columns": ["price"], "decimals": 1.5}, "decimals", "a whole number"),
        ("round", {"columns": ["price"], "decimals": 99}, "decimals", "12 at most"),
        ("take", {"count": -1}, "count", "0 at least"),
        ("sort", {"by": [{}]}, "by", "a list of {column, descending}"),
        ("change_type", {"columns": ["price"], "type": "color"}, "type", "is one of text, integer"),
        ("filter", {"conditions": [{"column": "price", "op": "~", "value": 1}]}, "conditions", "is no comparison"),
        ("filter", {"conditions": [{"column": "price", "op": ">", "value": "much"}]}, "conditions", "is none"),
        ("filter", {"conditions": [{"column": "built", "op": ">", "value": "soon"}]}, "conditions", "is none"),
        ("filter", {"conditions": [{"column": "price", "op": "in", "value": 3}]}, "conditions", "a list of values"),
        ("filter", {"expression": "price + 1"}, "expression", "has to be a condition"),
        ("new_column", {"name": "x", "expression": "price + name"}, "expression", "join texts with &"),
        ("rename", {"names": {"price": "maker"}}, "names", "the same name"),
        (
            "split_column",
            {"column": "code", "into": ["a"], "by": "pattern", "pattern": "("},
            "pattern",
            "can't be used",
        ),
        ("split_column", {"column": "code", "into": ["a", "a"]}, "into", "the same name"),
        ("group", {"aggregations": [{"column": "name", "how": "mean"}]}, "aggregations", "which has no mean"),
        ("derive_by_example", {"into": "x"}, "expression", "is missing"),
        ("unpivot", {"columns": ["price", "maker"]}, "columns", "change the types first"),
        ("fill_missing", {"columns": ["name"], "how": "mean"}, "columns", "which has no mean"),
    ],
)
def test_what_is_wrong_is_found_by_step_and_parameter(
    kind: str, values: dict[str, Any], parameter: str, said: str
) -> None:
    problems = recipe(("take", {"count": 5}), (kind, values)).check(COLUMNS)
    assert [(problem.step, problem.parameter) for problem in problems] == [(2, parameter)]
    assert said in problems[0].sentence


def test_a_problem_in_an_expression_has_its_place() -> None:
    problem = recipe(("new_column", {"name": "x", "expression": "1 + prize"})).check(COLUMNS)[0]
    assert (problem.start, problem.end) == (4, 9)
    assert problem.as_dict()["sentence"].startswith("There is no column")


def test_after_a_step_that_cannot_work_the_next_ones_are_not_blamed_for_it() -> None:
    made = recipe(
        ("new_column", {"name": "x", "expression": "prize"}),
        ("filter", {"expression": "x > 1"}),
        ("take", {"count": "many"}),
    )
    assert [(problem.step, problem.parameter) for problem in made.check(COLUMNS)] == [(1, "expression"), (3, "count")]


def test_a_join_names_the_data_it_needs() -> None:
    made = recipe(("join", {"other": "azureml:makers@latest", "on": [{"left": "maker", "right": "brand"}]}))
    assert made.others == ["azureml:makers@latest"]
    with pytest.raises(RecipeError, match=r"Step 1: “azureml:makers@latest” was not given\."):
        made.apply(CARS)
    assert made.check(COLUMNS) == []
    schema = made.schema(COLUMNS, {"azureml:makers@latest": {"brand": "text", "country": "text"}})[0]
    assert schema is not None
    assert "country" in schema


@pytest.mark.parametrize(
    "given", [None, [], {"steps": {}}, {"steps": [1]}, {"steps": [{"kind": "x"}]}, {"steps": [{"kind": "take", "parameters": 1}]},
              {"steps": [{"kind": "take", "parameters": {"much": 1}}]}, {"steps": [{"kind": ["take"]}]}, {"steps": [{}] * 501}],
)  # fmt: skip
def test_what_is_no_recipe_is_refused(given: Any) -> None:
    with pytest.raises(RecipeError):
        Recipe.from_dict(given)


ODD = [
    None,
    "",
    "x",
    "price",
    0,
    -1,
    1e308,
    float("nan"),
    True,
    [],
    [1],
    ["x"],
    ["price"],
    [None],
    {},
    {"x": 1},
    [{}],
    [[]],
]
ODD += [
    [{"column": "price"}],
    [{"column": "price", "how": "sum", "op": "=", "value": None}],
    "(" * 200,
    [{"from": None, "to": None}],
]
PARAMETERS = [(kind.kind, parameter.name) for kind in STEPS.values() for parameter in kind.parameters]


@pytest.mark.parametrize("kind", STEPS)
def test_any_value_of_any_parameter_is_answered_by_a_sentence(kind: str) -> None:
    usual = next((values for name, values in CASES if name == kind), {})
    for parameter in STEPS[kind].parameters:
        for odd in ODD:
            made = recipe((kind, {**usual, parameter.name: odd}))
            problems = made.check(COLUMNS, {name: dict(other.schema) for name, other in OTHERS.items()})
            assert all(problem.sentence and problem.step == 1 for problem in problems)
            assert made.steps[0].sentence
            assert len(made.schema(COLUMNS)) == 1
            _carried_out_or_refused(made, problems)


def _carried_out_or_refused(made: Recipe, problems: list[Any]) -> None:
    try:
        table = made.apply(CARS, OTHERS)
    except RecipeError as error:
        assert error.sentence
        return
    if not problems:
        table.collect()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(CASES), min_size=1, max_size=5))
def test_what_is_checked_without_a_problem_can_be_carried_out(steps: list[tuple[str, dict[str, Any]]]) -> None:
    made = recipe(*steps)
    known = {name: dict(other.schema) for name, other in OTHERS.items()}
    if made.check(COLUMNS, known) or None in made.schema(COLUMNS, known)[:-1]:
        return
    table = made.apply(CARS, OTHERS).collect()
    schema = made.schema(COLUMNS, known)[-1]
    assert schema is None or list(schema) == table.columns


def test_without_polars_a_recipe_is_read_and_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    made = recipe(("take", {"count": 1}))
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(LibraryMissing, match=r"atelier\[data\]"):
        made.apply(CARS)
    assert "slice(0, 1)" in made.code("polars")


def test_code_is_readable() -> None:
    made = recipe(
        ("filter", {"conditions": [{"column": "price", "op": ">", "value": 10000}]}),
        ("new_column", {"name": "label", "expression": 'upper(left(maker, 2)) & "-" & doors'}),
        ("fill_missing", {"columns": ["price"], "how": "median"}),
    )
    assert (
        made.code("polars")
        == """from __future__ import annotations

import sys

import polars as pl


def prepare(frame: pl.LazyFrame, others: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    # 1. Keep rows where [price] > 10000
    frame = frame.filter(pl.col("price") > 10000)
    # 2. label = upper(left(maker, 2)) & "-" & doors
    frame = frame.with_columns(
        label=pl.concat_str([pl.col("maker").str.head(2).str.to_uppercase(), pl.lit("-"), pl.col("doors")]),
    )
    # 3. Fill gaps in price with the median
    frame = frame.with_columns(price=pl.col("price").fill_null(pl.col("price").median()))
    return frame


if __name__ == "__main__":
    source, target = sys.argv[1:3]
    prepare(pl.scan_parquet(source), {}).sink_parquet(target)
"""
    )


def test_code_for_another_library_is_refused() -> None:
    with pytest.raises(RecipeError):
        Recipe().code("spark")


@pytest.mark.parametrize("name", ["*", "^.*$"])
def test_a_column_whose_name_polars_takes_for_a_pattern_is_renamed_first(name: str) -> None:
    table = pl.DataFrame({name: [1], "b": [2]})
    for step in (("new_column", {"name": "x", "expression": f"[{name}] + 1"}), ("drop_columns", {"columns": [name]})):
        with pytest.raises(RecipeError, match="rename it first"):
            recipe(step).apply(table)
    renamed = recipe(("rename", {"names": {name: "a"}}), ("new_column", {"name": "x", "expression": "a + b"}))
    assert renamed.apply(table).collect()["x"].to_list() == [3]


def test_columns_of_a_type_no_step_knows_do_no_harm() -> None:
    table = pl.DataFrame({"list": [[1]], "struct": [{"a": 1}], "n": [2]})
    made = recipe(("filter", {"expression": "n > 1"}), ("keep_columns", {"columns": ["struct", "list"]}))
    assert made.check(dict(table.schema)) == made.check({"list": "list", "struct": "other", "n": "integer"}) == []
    assert made.apply(table).collect().columns == ["struct", "list"]
