"""What goes wrong with a recipe, said so that a person can put it right.

DataflowError
 ├─ LibraryMissing     Polars is not installed
 ├─ RecipeError        a recipe can't be read or carried out; names the step and the parameter where it can
 └─ ExpressionError    an expression can't be read; says from which character to which
"""

from __future__ import annotations

from atelier._errors import AtelierError


class DataflowError(AtelierError):
    """The base of what this package raises."""


class LibraryMissing(DataflowError):
    """A library that recipes stand on is not installed."""


class RecipeError(DataflowError, ValueError):
    """A recipe can't be read or carried out. `step` counts from 1; 0 means the recipe as a whole."""

    def __init__(self, sentence: str, *, step: int = 0, parameter: str = "") -> None:
        super().__init__(f"Step {step}: {sentence}" if step else sentence)
        self.sentence = sentence
        self.step = step
        self.parameter = parameter


class ExpressionError(DataflowError, ValueError):
    """An expression can't be read, or can't be carried out on these columns."""

    def __init__(self, sentence: str, *, start: int, end: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.start = start
        self.end = end
