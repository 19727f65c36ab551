"""Split by example: several new columns at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from atelier.dataflow.errors import RecipeError
from atelier.dataflow.examples.program import Program, Row
from atelier.dataflow.examples.synthesis import LIMIT, derive


def split(
    rows: Sequence[Row], column: str, examples: Mapping[int, Sequence[str | None]], *, limit: float = LIMIT
) -> list[list[Program]]:
    """For every new column its programs, the most plausible first. Each example names the parts of one row."""
    counts = {len(parts) for parts in examples.values()}
    if len(counts) != 1 or not counts - {0}:
        raise RecipeError("Every example names the same number of parts.")
    count = counts.pop()
    return [
        derive(rows, {row: parts[place] for row, parts in examples.items()}, columns=[column], limit=limit / count)
        for place in range(count)
    ]
