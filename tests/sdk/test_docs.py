"""What a user can call is in the docs."""

from pathlib import Path

import atelier
import pytest
from atelier import _config
from atelier._cli import commands

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS = [f"atelier {verb.name}" for verb in commands.TOP] + [
    f"atelier {noun} {verb.name}" for noun, _, verbs in commands.NOUNS for verb in verbs
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_docs(command: str) -> None:
    assert f"`{command}`" in (DOCS / "cli.md").read_text()


@pytest.mark.parametrize("variable", _config.VARIABLES.values())
def test_every_variable_is_in_the_docs(variable: str) -> None:
    assert f"| `{variable}` |" in (DOCS / "sdk.md").read_text()


@pytest.mark.parametrize("name", atelier.__all__)
def test_every_public_name_is_in_the_docs(name: str) -> None:
    assert name in (DOCS / "sdk.md").read_text()


def test_the_public_names_are_the_explicit_ones() -> None:
    assert all(hasattr(atelier, name) for name in atelier.__all__)


def test_a_name_that_is_none_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        atelier.no_such_name  # noqa: B018
