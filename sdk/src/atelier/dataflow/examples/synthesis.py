"""The search: which expressions make what a person showed for a few rows."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from atelier.dataflow.errors import RecipeError
from atelier.dataflow.examples import assembling, dates, numbers, sources, substrings
from atelier.dataflow.examples.conditions import conditions
from atelier.dataflow.examples.lookups import lookups
from atelier.dataflow.examples.pieces import Pool, Task
from atelier.dataflow.examples.program import Program, Row, values_of
from atelier.dataflow.expressions import quoted

LOOKED_AT = 30  # rows without an example that are looked at
MOST_EXAMPLES = 50
MOST_COLUMNS = 30
LIMIT = 2.0
TRIED = 24
RIVALRY = 1.0  # how much less plausible a program may be to be a rival of the best
DOUBTFUL = 14.0  # a program this far-fetched competes with one that tells cases apart
_Found = list[tuple[str, float]]


def derive(
    rows: Sequence[Row],
    examples: Mapping[int, str | None],
    *,
    columns: Sequence[str] | None = None,
    limit: float = LIMIT,
    most: int = 8,
) -> list[Program]:
    """Programs that give what is wanted in the rows shown (row number → text), the most plausible first.

    An empty list when none was found in `limit` seconds. Only `columns` are looked at, when they are given.
    """
    began = time.monotonic()
    task, used = _task(rows, examples, columns, (began + 0.4 * limit, began + 0.7 * limit))
    if not task.wanted:
        return []
    found = _whole(task, used)
    if (not found or found[0][1] > DOUBTFUL) and task.shown > 1 and not task.is_late:
        found = sorted([*found, *_by_cases(task, used)], key=lambda program: program[1])
    return _programs(task, found, most)


def _task(
    rows: Sequence[Row], examples: Mapping[int, str | None], columns: Sequence[str] | None, until: tuple[float, float]
) -> tuple[Task, list[str]]:
    if not examples or len(examples) > MOST_EXAMPLES:
        raise RecipeError(f"Show between 1 and {MOST_EXAMPLES} examples.")
    if any(not isinstance(row, int) or not 0 <= row < len(rows) for row in examples):
        raise RecipeError("An example belongs to a row that is not there.")
    known = {row: "" if wanted is None else str(wanted) for row, wanted in examples.items()}
    order = [row for row, wanted in known.items() if wanted] + [row for row, wanted in known.items() if not wanted]
    rest = [row for row in range(len(rows)) if row not in known]
    order += rest[:: max(1, len(rest) // LOOKED_AT)][:LOOKED_AT]
    wanted = tuple(text for text in known.values() if text)
    looked_at = [dict(rows[row]) for row in order]
    used = list(columns) if columns is not None else list(dict.fromkeys(name for row in looked_at for name in row))
    task = Task(looked_at, wanted, len(known) - len(wanted), until[1], until[0])
    return task, _promising(looked_at, wanted, used)


def _promising(rows: Sequence[dict[str, Any]], wanted: Sequence[str], columns: list[str]) -> list[str]:
    """The columns to look at, first those that share the most words with what is wanted."""
    words = [set(re.findall(r"[^\W_]+", text.lower())) for text in wanted]

    def shared(column: str) -> float:
        values = [str(row.get(column) or "").lower() for row in rows[: len(wanted)]]
        found = sum(len(word) for value, said in zip(values, words) for word in said if word in value)
        return found / (1 + sum(len(value) for value in values)) ** 0.5

    return sorted(columns, key=shared, reverse=True)[:MOST_COLUMNS]


def _whole(task: Task, columns: Sequence[str]) -> _Found:
    """Expressions for all the rows alike."""
    pool = Pool(task)
    texts = list(sources.columns_of(task, columns))
    for text in texts:
        if text.expression.startswith("["):
            substrings.add_parts(pool, text, thorough=True)
        else:
            pool.add(text)
    for text in texts:
        dates.add_dates(pool, text)
    _add_moments(pool, task, columns)
    numbers.add_numbers(pool, texts)
    for text in texts:
        if task.is_gathered:
            break
        for view, thorough in sources.views_of(task, text):
            substrings.add_parts(pool, view, thorough=thorough)
    found = [(piece.expression, piece.cost) for piece in lookups(task, texts)]
    for way in islice(assembling.ways(pool, TRIED), TRIED):
        if all(not way.value(row) for row in range(len(task.wanted), task.shown)):
            found.append((way.expression, way.cost))
    return sorted(dict(reversed(found)).items(), key=lambda program: program[1])


def _add_moments(pool: Pool, task: Task, columns: Sequence[str]) -> None:
    """Columns that hold dates already."""
    for column in columns:
        values = [row.get(column) for row in task.rows]
        if any(isinstance(value, datetime.date) for value in values):
            moments = [_moment(value) for value in values]
            if all(moments[: len(task.wanted)]):
                dates.add_moments(pool, quoted(column), moments)


def _moment(value: Any) -> datetime.datetime | None:
    if isinstance(value, datetime.datetime):
        return value
    return datetime.datetime.combine(value, datetime.time()) if isinstance(value, datetime.date) else None


def _by_cases(task: Task, columns: Sequence[str]) -> Iterator[tuple[str, float]]:
    """`if(condition, one expression, another)`, for rows of two makes."""
    wanted = [*task.wanted, *[""] * task.empty]
    for condition in islice(conditions(task.rows, columns, task.shown), 6):
        halves = [_half(task, wanted, condition.holds, side, columns) for side in (True, False)]
        if halves[0] and halves[1]:
            (yes, first), (no, second) = halves[0], halves[1]
            yield f"if({condition.expression}, {yes}, {no})", first + second + condition.cost
        if task.is_late:
            return


def _half(
    task: Task, wanted: Sequence[str], holds: Sequence[bool], side: bool, columns: Sequence[str]
) -> tuple[str, float] | None:
    """The best expression for the rows on one side of a condition."""
    rows = [row for row, held in enumerate(holds) if held is side]
    shown = [row for row in rows if row < task.shown]
    if all(not wanted[row] for row in shown):
        return "missing", 0.5
    texts = tuple(wanted[row] for row in shown if wanted[row])
    order = [row for row in shown if wanted[row]] + [row for row in rows if row not in shown or not wanted[row]]
    now = time.monotonic()
    part = Task(
        [task.rows[row] for row in order],
        texts,
        len(shown) - len(texts),
        task.deadline,
        now + 0.3 * max(0.0, task.deadline - now),
    )
    found = _whole(part, columns)
    return found[0] if found else None


def _programs(task: Task, found: _Found, most: int) -> list[Program]:
    """The programs that, carried out, really give what is wanted."""
    candidates = list(dict(found).items())[:TRIED]
    shown = task.rows[: task.shown]
    wanted = [*task.wanted, *[""] * task.empty]
    every = values_of([expression for expression, _cost in candidates], task.rows)
    good = [
        (expression, cost, values)
        for (expression, cost), values in zip(candidates, every)
        if [value or "" for value in values[: len(shown)]] == wanted
    ]
    good = good[:most]
    rivals = [
        tuple(other for other, more, _values in good if other != mine and more <= cost + RIVALRY)
        for mine, cost, _values in good
    ]
    return [Program(expression, cost, tuple(others)) for (expression, cost, _values), others in zip(good, rivals)]
