"""What is wrong with an MLTable, with the line it stands in."""

from __future__ import annotations

from typing import Any


class PlanError(ValueError):
    """An MLTable can't be read; `line` and `column` count from 1 and are 0 where no place is known."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        self.message, self.line, self.column = message, line, column
        super().__init__(f"line {line}: {message}" if line else message)


def shown(value: Any) -> str:
    """A value as a sentence quotes it."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
