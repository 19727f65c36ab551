"""The pages of documentation say what the declarations say."""

from pathlib import Path

import pytest
from atelier.components import catalogue, documenting

pytestmark = pytest.mark.pure

PAGES = Path(__file__).parents[3] / "docs" / "components"


def test_the_committed_pages_are_those_of_the_declarations() -> None:
    """When this fails: `python -m atelier.components docs docs/components`."""
    made = documenting.pages()
    assert {path.name for path in PAGES.glob("*.md")} == set(made)
    assert [name for name, text in made.items() if (PAGES / name).read_text(encoding="utf-8") != text] == []


def test_every_component_has_its_place_in_the_contents() -> None:
    contents = documenting.pages()["README.md"]
    for component in catalogue.every():
        assert (
            f"[{component.label}]({documenting.file_name(component.category)}#{documenting.anchor(component)})"
            in contents
        )
