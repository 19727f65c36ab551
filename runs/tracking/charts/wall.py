"""The answer to one question of a wall of charts: lines of runs, or bands of groups of runs, in one packed body."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runs.tracking.charts import bands, fields, lines
from runs.tracking.charts.lines import Line, Question
from runs.tracking.charts.packing import Body, is_wide
from runs.tracking.metrics.codec import Floats
from runs.tracking.metrics.queries import Summary
from runs.tracking.models import Run
from runs.tracking.pages import palette

MOST_GROUPS = 100
_MOST_RANGED = 400  # lines of one answer whose shade from least to greatest is sent: more of them only make fog


@dataclass(frozen=True, slots=True)
class Grouping:
    """The field runs are put together by, and how their lines become one."""

    field: str
    centre: str = "mean"
    spread: str = "std"


def answer(
    runs: Sequence[Run], question: Question, grouping: Grouping | None = None, hidden: Collection[str] = ()
) -> bytes:
    """The packed body. Runs that are hidden belong to their group and count in no band. Raises Invalid."""
    found = lines.read([run for run in runs if run.pk not in hidden], question)
    body = Body()
    header: dict[str, Any] = {"x": question.x, "runs": [run.pk for run in runs]}
    if grouping is None:
        header["series"] = _series(found, header["runs"], question.x, body)
    else:
        header |= _bands(found, runs, grouping, question.buckets, body)
    return body.whole(header)


def _series(found: Sequence[Line], ids: Sequence[str], x: str, body: Body) -> list[list[Any]]:
    """One row per line: run's number, key, buckets, places of x, step, last, low, high, whether wide, points, odd ones,
    summary."""
    number = {run_id: at for at, run_id in enumerate(ids)}
    is_ranged = len(found) <= _MOST_RANGED
    rows = []
    for line in found:
        buckets = line.buckets
        is_sampled = buckets.points > len(buckets)
        wide = is_wide(buckets.last) or is_wide(buckets.min)
        kind = np.float64 if wide else np.float32
        with np.errstate(over="ignore"):
            last, low, high = (column.astype(kind) for column in (buckets.last, buckets.min, buckets.max))
        has_range = is_sampled and is_ranged
        place = body.add(line.x)
        rows.append([
            number[line.run_id],
            line.key,
            len(buckets),
            place,
            place if x == lines.STEP else body.add(buckets.step.astype(np.float64)),
            body.add(last),
            body.add(low) if has_range else -1,
            body.add(high) if has_range else -1,
            int(wide),
            buckets.points,
            _odd(line),
            _summary(line.summary),
        ])  # fmt: skip
    return rows


def _odd(line: Line) -> list[list[list[int]]] | None:
    """Where points are not finite: for not a number, +Inf and -Inf the buckets and how many in each."""
    columns = (line.buckets.nan, line.buckets.above, line.buckets.below)
    if not any(column.any() for column in columns):
        return None
    places = [np.flatnonzero(column) for column in columns]
    return [[at.tolist(), column[at].tolist()] for at, column in zip(places, columns, strict=True)]


def _summary(summary: Summary | None) -> list[Any] | None:
    if summary is None:
        return None
    return [
        summary.count, _word(summary.last), _word(summary.min), _word(summary.max), summary.last_step,
        summary.nan_count, summary.inf_count, summary.goal,
    ]  # fmt: skip


def _word(value: float | None) -> float | str | None:
    if value is None or np.isfinite(value):
        return value
    return "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def groups_of(runs: Sequence[Run], field: str) -> tuple[list[str], dict[str, int]]:
    """The names of the groups in order, and each run's number among them."""
    column = fields.as_numbers(fields.values(runs, [fields.parse(field)])[field])
    present = sorted({value for value in column if value is not None}, key=lambda v: (isinstance(v, str), v))
    names = [_shown(value) for value in present[:MOST_GROUPS]]
    number = {value: at for at, value in enumerate(present[:MOST_GROUPS])}
    rest = len(names)
    of_run = {
        run.pk: number.get(value, rest) if value is not None else rest for run, value in zip(runs, column, strict=True)
    }
    if rest in of_run.values():
        names.append("no value" if len(present) <= MOST_GROUPS else "all others")
    return names, of_run


def _shown(value: fields.Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _bands(found: Sequence[Line], runs: Sequence[Run], grouping: Grouping, most: int, body: Body) -> dict[str, Any]:
    names, of_run = groups_of(runs, grouping.field)
    colours = palette.colours((str(number), f"{grouping.field}={name}") for number, name in enumerate(names))
    rows = []
    for (key, number), several in lines.grouped(found, of_run).items():
        curves = [(line.x, line.buckets.last) for line in several]
        one = bands.band(curves, centre=grouping.centre, spread=grouping.spread, most=min(most, 400))
        points = sum(line.buckets.points for line in several)
        rows.append([key, number, len(one.x), *_columns(one, body), points])
    groups = [
        {
            "name": name,
            "slot": colours[str(number)].slot,
            "dash": colours[str(number)].dash,
            "runs": [run.pk for run in runs if of_run[run.pk] == number],
        }
        for number, name in enumerate(names)
    ]
    return {"groups": groups, "bands": rows}


def _columns(band: bands.Band, body: Body) -> list[int]:
    def wide(column: Floats) -> int:
        return body.add(column.astype(np.float64))

    return [wide(band.x), wide(band.middle), wide(band.low), wide(band.high), wide(band.n)]
