"""Every step does what its exported code does, in Polars and in pandas."""

from typing import Any

import polars as pl
import pytest
from atelier.dataflow import STEPS, Recipe
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.sdk.dataflow.recipes import CASES
from tests.sdk.dataflow.tables import CARS, OTHERS, carried_out, rows_of

COLUMNS = dict(CARS.schema)
# The last digit of a quotient may differ between the libraries; later steps would make a whole number of it.
EXACT = [(kind, values) for kind, values in CASES if kind != "scale"]
NAMES = [f"{number}-{kind}" for number, (kind, _values) in enumerate(CASES)]


def recipe(kind: str, values: dict[str, Any]) -> Recipe:
    return Recipe.from_dict({"steps": [{"kind": kind, "parameters": values}]})


@pytest.mark.parametrize(("kind", "values"), CASES, ids=NAMES)
def test_the_step_can_be_carried_out_and_nothing_is_wrong_with_it(kind: str, values: dict[str, Any]) -> None:
    made = recipe(kind, values)
    assert made.check(COLUMNS, {name: dict(other.schema) for name, other in OTHERS.items()}) == []
    assert isinstance(made.apply(CARS, OTHERS).collect(), pl.DataFrame)
    assert made.steps[0].sentence


@pytest.mark.parametrize("library", ["polars", "pandas"])
@pytest.mark.parametrize(("kind", "values"), CASES, ids=NAMES)
def test_exported_code_does_the_same(kind: str, values: dict[str, Any], library: str) -> None:
    made = recipe(kind, values)
    code = made.code(library, COLUMNS)
    assert carried_out(code, CARS, OTHERS, library) == rows_of(made.apply(CARS, OTHERS).collect()), code


def test_every_kind_of_step_is_tried_but_the_random_one() -> None:
    assert set(STEPS) - {kind for kind, _values in CASES} == {"sample"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(EXACT), min_size=2, max_size=4))
def test_exported_code_of_several_steps_does_the_same(steps: list[tuple[str, dict[str, Any]]]) -> None:
    made = Recipe.from_dict({"steps": [{"kind": kind, "parameters": values} for kind, values in steps]})
    known = {name: dict(other.schema) for name, other in OTHERS.items()}
    if made.check(COLUMNS, known) or None in made.schema(COLUMNS, known):
        return
    wanted = rows_of(made.apply(CARS, OTHERS).collect())
    for library in ("polars", "pandas"):
        code = made.code(library, COLUMNS, known)
        assert carried_out(code, CARS, OTHERS, library) == wanted, code


TEXT = st.text(max_size=12).filter(lambda text: not (text == "*" or text[:1] + text[-1:] == "^$"))


@settings(max_examples=60, deadline=None)
@example("µ", "", "")
@given(TEXT.filter(bool), st.text(max_size=12), st.text(max_size=12))
def test_whatever_people_write_stays_text_in_exported_code(column: str, value: str, note: str) -> None:
    table = pl.DataFrame({column: [value, "other"]})
    steps = [
        {
            "kind": "replace_values",
            "parameters": {"columns": [column], "pairs": [{"from": value, "to": note}]},
            "note": note,
        },
        {
            "kind": "replace_values",
            "parameters": {"columns": [column], "pairs": [{"from": "other", "to": value}], "match": "part"},
        },
    ]
    made = Recipe.from_dict({"source": note, "steps": steps})
    wanted = rows_of(made.apply(table).collect())
    for library in ("polars", "pandas"):
        assert carried_out(made.code(library, dict(table.schema)), table, {}, library) == wanted
