"""Runs side by side."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from runs.tracking.metrics.queries import Summary
from runs.tracking.models import Run
from runs.tracking.queries import runs as run_queries
from runs.tracking.queries import surroundings

MAX_RUNS = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CompareRow(Generic[T]):
    """One parameter, metric or tag; `values` are in the order of the runs, None where a run has none."""

    key: str
    values: list[T | None]
    differs: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    runs: list[Run]
    params: list[CompareRow[str]]
    metrics: list[CompareRow[Summary]]
    tags: list[CompareRow[str]]
    surroundings: dict[str, list[CompareRow[str]]]  # code, packages, inputs, hardware


def compare(runs: Sequence[Run]) -> Comparison:
    """The rows of a comparison, each saying whether the runs differ in it; seven queries."""
    found = run_queries.rows_of(list(runs)[:MAX_RUNS])
    around = surroundings.surroundings_of([row.run for row in found])
    return Comparison(
        runs=[row.run for row in found],
        params=_rows([row.params for row in found], _differ),
        metrics=_rows([row.metrics for row in found], lambda values: _differ([_last(value) for value in values])),
        tags=_rows([row.tags for row in found], _differ),
        surroundings={
            section: _rows([around[row.run.pk][section] for row in found], _differ) for section in surroundings.SECTIONS
        },
    )


def _rows(sources: Sequence[dict[str, T]], differ: Callable[[list[T | None]], bool]) -> list[CompareRow[T]]:
    keys = sorted({key for source in sources for key in source})
    rows = []
    for key in keys:
        values = [source.get(key) for source in sources]
        rows.append(CompareRow(key, values, differ(values)))
    return rows


def _differ(values: Sequence[object]) -> bool:
    """Numbers are compared as numbers when all parse: `0.10` is `0.1`."""
    present = [value for value in values if value is not None]
    if len(present) != len(values):
        return bool(present)
    numbers = [_number(value) for value in present]
    if all(number is not None for number in numbers):
        return len(set(numbers)) > 1
    return len({str(value) for value in present}) > 1


def _number(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return None if math.isnan(number) else number


def _last(value: Summary | None) -> str | None:
    return None if value is None else str(value.last)
