"""The page about dataflows names every step, every parameter and every function as the code has them."""

from pathlib import Path

import pytest
from atelier.dataflow import STEPS, Recipe, expressions
from atelier.dataflow.conditions import OPERATORS
from atelier.dataflow.examples import derive

PAGE = (Path(__file__).resolve().parents[3] / "docs/dataflows.md").read_text()


def rows_of_steps() -> list[str]:
    return [
        f"| {kind.group} | {kind.label} | `{kind.kind}` | "
        f"{', '.join(f'`{parameter.name}`' for parameter in kind.parameters)} | {kind.help} |"
        for kind in STEPS.values()
    ]


def rows_of_functions() -> list[str]:
    return [f"| {found['group']} | `{found['usage']}` | {found['help']} |" for found in expressions.described()]


@pytest.mark.parametrize("row", [*rows_of_steps(), *rows_of_functions()])
def test_the_page_has_the_row(row: str) -> None:
    assert row in PAGE


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_page_names_the_comparison(operator: str) -> None:
    assert f"`{operator}`" in PAGE


def test_the_recipe_on_the_page_is_one() -> None:
    import json

    text = PAGE.split("```json")[1].split("```")[0]
    columns = {"name": "text", "maker": "text", "price": "number", "built": "date"}
    assert Recipe.from_dict(json.loads(text)).check(columns) == []


def test_the_example_on_the_page_is_found() -> None:
    rows = [{"name": "Ada Lovelace"}, {"name": "Alan Turing"}]
    expression = derive(rows, {0: "A. Lovelace"})[0].expression
    assert expression in PAGE
