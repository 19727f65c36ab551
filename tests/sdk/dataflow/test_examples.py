"""By example: what is offered, what is highlighted, what is refused, and that the search means what it writes."""

import datetime
import json
import time
from typing import Any

import polars as pl
import pytest
from atelier.dataflow import ExpressionError, Recipe, RecipeError
from atelier.dataflow.examples import Program, Rule, derive, filter_rows, split
from atelier.dataflow.examples import operations as op
from atelier.dataflow.examples.numbers import as_written
from atelier.dataflow.examples.pieces import Piece
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sdk.dataflow.tables import carried_out

PEOPLE = [
    {"name": "Ada Lovelace", "born": "1815-12-10", "age": 36, "city": "London"},
    {"name": "Alan Turing", "born": "1912-06-23", "age": 41, "city": "London"},
    {"name": "Grace Brewster Hopper", "born": "1906-12-09", "age": 85, "city": "New York"},
    {"name": "Emmy Noether", "born": "1882-03-23", "age": 53, "city": "Erlangen"},
    {"name": "Barbara Liskov", "born": "1939-11-07", "age": 84, "city": "Los Angeles"},
]


def test_one_example_makes_a_readable_program_for_every_row() -> None:
    program = derive(PEOPLE, {0: "LOVELACE, Ada"})[0]
    assert program.apply_all(PEOPLE)[1:2] == ["TURING, Alan"]
    assert program.apply({"name": "Emmy Noether"}) == "NOETHER, Emmy"
    assert "upper(" in program.expression


def test_programs_come_best_first_and_all_fit_the_examples() -> None:
    programs = derive(PEOPLE, {0: "Lovelace", 1: "Turing"})
    assert [program.cost for program in programs] == sorted(program.cost for program in programs)
    assert len({program.expression for program in programs}) == len(programs) > 1
    assert all(program.apply_all(PEOPLE[:2]) == ["Lovelace", "Turing"] for program in programs)


def test_rows_where_good_programs_disagree_are_highlighted_until_an_example_settles_them() -> None:
    first = derive(PEOPLE, {0: "Lovelace"})[0]
    assert first.ambiguous(PEOPLE) == [2]
    settled = derive(PEOPLE, {0: "Lovelace", 2: "Hopper"})[0]
    assert settled.apply_all(PEOPLE) == ["Lovelace", "Turing", "Hopper", "Noether", "Liskov"]
    assert settled.ambiguous(PEOPLE) == []


def test_a_program_survives_its_json() -> None:
    program = derive(PEOPLE, {0: "Lovelace"})[0]
    again = Program.from_dict(json.loads(json.dumps(program.to_dict())))
    assert again.expression == program.expression
    assert again.ambiguous(PEOPLE) == program.ambiguous(PEOPLE)


@pytest.mark.parametrize("given", [None, {}, {"expression": 1}])
def test_what_is_no_program_is_refused(given: Any) -> None:
    with pytest.raises(RecipeError):
        Program.from_dict(given)


def test_a_program_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ExpressionError):
        Program.from_dict({"expression": "left(name"})


def test_a_program_becomes_a_step_and_code() -> None:
    program = derive(PEOPLE, {0: "A. Lovelace"}, columns=["name"])[0]
    values = {"into": "short", "expression": program.expression, "examples": [{"row": 0, "wanted": "A. Lovelace"}]}
    made = Recipe.from_dict({"steps": [{"kind": "derive_by_example", "parameters": values}]})
    table = pl.DataFrame(PEOPLE)
    wanted = made.apply(table).collect()["short"].to_list()
    assert wanted[1] == "A. Turing"
    assert table.select(program.to_polars().alias("short"))["short"].to_list() == wanted
    for library in ("polars", "pandas"):
        rows = carried_out(made.code(library, dict(table.schema)), table, {}, library)
        assert [row["short"] for row in rows] == wanted


def test_numbers_dates_and_missing_values_are_rows_too() -> None:
    rows: list[dict[str, Any]] = [
        {"day": datetime.date(2021, 3, 5), "count": 3, "share": 0.125, "note": None},
        {"day": datetime.date(2020, 11, 17), "count": 12, "share": 0.5, "note": None},
        {"day": None, "count": None, "share": None, "note": None},
    ]
    assert derive(rows, {0: "05.03.21"})[0].apply_all(rows) == ["05.03.21", "17.11.20", None]
    assert derive(rows, {0: "003", 1: "012"})[0].apply_all(rows) == ["003", "012", None]
    assert derive(rows, {0: "12.5%", 1: "50.0%"})[0].apply_all(rows) == ["12.5%", "50.0%", None]


def test_only_the_columns_that_are_given_are_looked_at() -> None:
    programs = derive(PEOPLE, {0: "London"}, columns=["name"])
    assert all("[city]" not in program.expression for program in programs)


def test_two_columns_are_calculated_with() -> None:
    rows = [{"net": 10.0, "tax": 1.9}, {"net": 20.0, "tax": 3.8}, {"net": 5.5, "tax": 1.0}]
    assert derive(rows, {0: "11.90", 1: "23.80"})[0].apply_all(rows) == ["11.90", "23.80", "6.50"]


def test_rows_of_two_makes_are_told_apart_by_a_condition() -> None:
    rows = [{"who": "Hopper, Grace"}, {"who": "Alan Turing"}, {"who": "Noether, Emmy"}, {"who": "Ada Lovelace"}]
    program = derive(rows, {0: "Grace Hopper", 1: "Alan Turing"})[0]
    assert program.apply_all(rows) == ["Grace Hopper", "Alan Turing", "Emmy Noether", "Ada Lovelace"]


def test_what_nothing_explains_gives_no_program_in_time() -> None:
    began = time.monotonic()
    assert all("[" in program.expression for program in derive(PEOPLE, {0: "xyz", 1: "qqq", 2: "vvv"}))
    assert time.monotonic() - began < 2


def test_an_empty_wish_alone_gives_no_program() -> None:
    assert derive(PEOPLE, {0: ""}) == []


@pytest.mark.parametrize("examples", [{}, {9: "x"}, {-1: "x"}, dict.fromkeys(range(60), "x")])
def test_examples_that_belong_to_no_row_are_refused(examples: dict[int, str]) -> None:
    with pytest.raises(RecipeError):
        derive(PEOPLE, examples)


def test_the_limit_is_kept_on_wide_tables_with_long_texts() -> None:
    words = [
        "alpha",
        "gamma-delta",
        "2021-03-05,",
        "epsilon/zeta",
        "(eta)",
        "12.5",
        "kg",
        "theta_iota;",
        "kappa:",
        "l@mu.nu",
        "x",
        "y",
    ]
    rows = [{f"c{i}": " ".join(words[(i + j + k) % 12] for k in range(25)) for i in range(28)} for j in range(300)]
    rows.append({"c0": "x" * 200_000})
    began = time.monotonic()
    derive(rows, {0: "nothing like it", 3: "other 7"}, limit=1.0)
    assert time.monotonic() - began < 2


def test_a_column_is_split_into_several_at_once() -> None:
    rows = [{"place": "Berlin (DE) 10115"}, {"place": "New York (US) 10001"}, {"place": "Paris (FR) 75001"}]
    found = split(rows, "place", {0: ["Berlin", "DE", "10115"], 1: ["New York", "US", "10001"]})
    assert [programs[0].apply_all(rows)[2] for programs in found] == ["Paris", "FR", "75001"]


@pytest.mark.parametrize("examples", [{}, {0: []}, {0: ["a"], 1: ["a", "b"]}])
def test_a_split_without_the_same_number_of_parts_is_refused(examples: dict[int, list[str]]) -> None:
    with pytest.raises(RecipeError):
        split(PEOPLE, "name", examples)


@pytest.mark.parametrize(
    ("keep", "drop", "wanted"),
    [
        ([0, 1], [2, 3], [True, True, False, False, False]),
        ([2, 4], [1, 3], [False, False, True, False, True]),
        ([2], [0, 1], [False, False, True, False, False]),
    ],
)
def test_rows_are_filtered_by_those_marked(keep: list[int], drop: list[int], wanted: list[bool]) -> None:
    rule = filter_rows(PEOPLE, keep, drop)[0]
    assert isinstance(rule, Rule)
    assert [rule.fits(PEOPLE)[row] for row in [*keep, *drop]] == [wanted[row] for row in [*keep, *drop]]


def test_a_threshold_is_a_round_number() -> None:
    rules = filter_rows(PEOPLE, keep=[2, 4], drop=[0, 1, 3], columns=["age"])
    assert [rule.expression for rule in rules if ">" in rule.expression] == ["[age] > 70"]


def test_rows_marked_on_one_side_are_told_from_the_rest() -> None:
    rule = filter_rows(PEOPLE, keep=[0, 1])[0]
    assert rule.fits(PEOPLE) == [True, True, False, False, False]


def test_two_conditions_are_joined_where_one_is_not_enough() -> None:
    rows = [
        {"kind": "a", "n": 1},
        {"kind": "a", "n": 9},
        {"kind": "b", "n": 1},
        {"kind": "b", "n": 9},
        {"kind": "a", "n": 8},
    ]
    rule = filter_rows(rows, keep=[1, 4], drop=[0, 2, 3])[0]
    assert rule.fits(rows) == [False, True, False, False, True]
    assert " and " in rule.expression


def test_no_mark_or_one_on_a_row_that_is_not_there_is_refused() -> None:
    for keep in ([], [99]):
        with pytest.raises(RecipeError):
            filter_rows(PEOPLE, keep)


OPERATIONS = [
    *(make(mark, nth) for make in (op.before, op.after) for mark in ("/", ", ", "ab") for nth in (1, 2, -1, -2)),
    *(op.part(mark, nth) for mark in (" ", "--") for nth in (1, 3, -1, -2)),
    *(op.match(pattern, nth, 1.0) for pattern in op.CLASSES for nth in (1, 2, -1)),
    *(make(count) for make in (op.left, op.right) for count in (1, 3, -2)),
    op.mid(2, 3), op.padded(4), op.replaced(".", "-"), op.rewritten("[^A-Za-z0-9]+", "-"), op.rewritten("([a-z0-9])([A-Z])", "$1_$2"),
    op.initials("."), op.initials(""), *op.CASES, op.TRIM, op.CLEAN, op.DIGITS, op.LOWER_FIRST,
]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="abAB xY-_/.,12 éÉ@", max_size=14), min_size=1, max_size=5))
def test_the_search_reads_every_operation_as_polars_does(values: list[str]) -> None:
    column = Piece("[v]", tuple(values), 0.0)
    table = pl.DataFrame({"v": values})
    for operation in OPERATIONS:
        piece = operation.on(column)
        program = Program(piece.expression)
        assert table.select(program.to_polars().alias("x"))["x"].to_list() == list(piece.values), piece.expression


@settings(max_examples=100, deadline=None)
@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_numbers_are_written_as_polars_writes_them(value: float, decimals: int) -> None:
    program = Program(f'format_number([v], {decimals}, ",")')
    assert program.apply({"v": value}) == as_written(value, decimals, ",")
