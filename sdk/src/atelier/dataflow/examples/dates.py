"""The pieces that are parts of a date: read in the format it is written in, written in another."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from typing import Optional

from atelier.dataflow.examples import operations as op
from atelier.dataflow.examples.pieces import Piece, Pool
from atelier.dataflow.expressions import text as quoted

Moment = Optional[datetime.datetime]

_DAYS = [
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y",
    "%m/%d/%y", "%d.%m.%y", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y",
    "%d-%b-%Y", "%d-%b-%y", "%d %b %y", "%A, %d %B %Y", "%A, %B %d, %Y", "%a, %d %b %Y", "%d. %B %Y", "%d. %b %Y",
]  # fmt: skip
_CLOCKS = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p"]
_BOTH = [f"{day}{between}{clock}" for day in _DAYS[:9] for between in (" ", "T") for clock in _CLOCKS[:3]]
_INSIDE = {
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}": 2.6,
    r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}": 2.6,
    r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2,4}": 2.6,
    r"[0-9]{1,2} [A-Z][a-z]+ [0-9]{4}": 2.8,
    r"[A-Z][a-z]+ [0-9]{1,2}, [0-9]{4}": 2.8,
}
_WRITTEN = [
    "%Y",
    "%m",
    "%d",
    "%B",
    "%b",
    "%-d",
    "%-m",
    "%y",
    "%A",
    "%a",
    "%H",
    "%M",
    "%-H",
    "%I",
    "%-I",
    "%p",
    "%S",
    "%j",
    "%V",
]
_NEW_YEAR = "2000-01-01 "


def _look(text: str) -> tuple[frozenset[str], bool]:
    """What tells formats apart at a glance: the signs in a text, and whether it has letters."""
    signs = frozenset(character for character in text if not character.isalnum())
    return signs, any(character.isalpha() for character in text)


# Every format by what a date in it looks like.
_LOOKS = {form: _look(datetime.datetime(2021, 3, 4, 15, 6, 7).strftime(form)) for form in (*_DAYS, *_BOTH, *_CLOCKS)}


def add_dates(pool: Pool, column: Piece) -> None:
    """Puts the parts of the dates in a column into the pool."""
    for source in _sources(column):
        if pool.task.is_gathered:
            return
        for expression, moments, cost in _readings(source, len(pool.task.wanted)):
            _add_parts(pool, expression, moments, source.cost + cost)


def add_moments(pool: Pool, column: str, moments: Sequence[Moment]) -> None:
    """The same for a column that holds dates already."""
    _add_parts(pool, column, moments, 1.0)


def _sources(column: Piece) -> Iterator[Piece]:
    yield column
    for pattern, cost in _INSIDE.items():
        found = op.match(pattern, 1, cost).on(column)
        if found.values != column.values and any(found.values):
            yield found


def _readings(source: Piece, shown: int) -> Iterator[tuple[str, list[Moment], float]]:
    """How the text can be read as dates: in one format, or in several where no single one fits every row."""
    looks = {_look(value) for value in source.values if value}
    likely = [form for form in (*_DAYS, *_BOTH) if _LOOKS[form] in looks]
    read = {form: [_read(value, form) for value in source.values] for form in likely}
    fitting = {form: moments for form, moments in read.items() if any(moments)}
    whole = [form for form, moments in fitting.items() if all(moments[:shown])]
    for form in whole[:6]:
        called = "date" if form in _DAYS else "datetime"
        yield _reading(called, source.expression, form), fitting[form], 0.5 if all(fitting[form]) else 2.0
    if not any(all(fitting[form]) for form in whole) and len(fitting) > 1:
        yield from _several(source, fitting, shown)
    for clock in _CLOCKS:
        if not any(_LOOKS[clock] == look for look in looks):
            continue
        moments = [_read(value and _NEW_YEAR + value, f"%Y-%m-%d {clock}") for value in source.values]
        if all(moments[:shown]):
            expression = f"datetime({quoted(_NEW_YEAR)} & {source.expression}, {quoted('%Y-%m-%d ' + clock)})"
            yield expression, moments, 1.0


def _several(source: Piece, fitting: dict[str, list[Moment]], shown: int) -> Iterator[tuple[str, list[Moment], float]]:
    """The fewest formats that read as many rows as possible."""
    joined: list[Moment] = [None] * len(source.values)
    chosen: list[str] = []
    while len(chosen) < 3:
        gains = {
            form: sum(1 for old, new in zip(joined, moments) if new and not old) for form, moments in fitting.items()
        }
        best = max(gains, key=lambda form: gains[form])
        if not gains[best]:
            break
        chosen.append(best)
        joined = [old or new for old, new in zip(joined, fitting[best])]
    if len(chosen) > 1 and all(joined[:shown]):
        called = "date" if all(form in _DAYS for form in chosen) else "datetime"
        parts = ", ".join(_reading(called, source.expression, form) for form in chosen)
        yield f"coalesce({parts})", joined, 1.0 + len(chosen)


def _reading(called: str, expression: str, form: str) -> str:
    return f"{called}({expression}, {quoted(form)})"


def _read(value: str | None, form: str) -> Moment:
    if not value or len(value) > 40 or _LOOKS.get(form, _look(value)) != _look(value):
        return None
    try:
        return datetime.datetime.strptime(value, form)  # dates in data have no zone
    except ValueError:
        return None


def _add_parts(pool: Pool, expression: str, moments: Sequence[Moment], cost: float) -> None:
    for place, form in enumerate(_WRITTEN):
        values = tuple(None if moment is None else _written(moment, form) for moment in moments)
        piece = Piece(
            f"format_date({expression}, {quoted(form)})", values, 0.6 * cost + 0.9 + 0.06 * place, expression, form
        )
        pool.add(piece)
        if form in ("%B", "%b", "%A", "%a", "%p"):
            for case in op.CASES[:2]:
                pool.add(case.on(piece))
    quarters = tuple(None if moment is None else str((moment.month + 2) // 3) for moment in moments)
    pool.add(Piece(f"text(quarter({expression}))", quarters, 0.6 * cost + 2.4))


def _written(moment: datetime.datetime, form: str) -> str:
    if form.startswith("%-"):
        return str(int(moment.strftime(f"%{form[2:]}")))
    return moment.strftime(form) if moment.year >= 1000 or form != "%Y" else f"{moment.year:04}"


def literal(form: str) -> str:
    """Plain text inside a date format."""
    return re.sub("%", "%%", form)
