"""Lines in bulk: some metrics and expressions of some runs, on one axis, cut to what a wall of charts can show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from runs.tracking.charts import alignment, expressions
from runs.tracking.charts.expressions import Expression
from runs.tracking.metrics import curves, keys, reducing
from runs.tracking.metrics import queries as metric_queries
from runs.tracking.metrics.codec import Floats, Ints
from runs.tracking.metrics.curves import Buckets, Curve
from runs.tracking.metrics.queries import Summary
from runs.tracking.metrics.reducing import STEP, TIME, Axis
from runs.tracking.models import Run
from studio.errors import Invalid

RELATIVE, WALL, METRIC = "relative", "wall", "metric:"
MOST_RUNS = 1_000
MOST_LINES = 5_000
# Stretches that are plenty in a chart of a wall; a finer one asks for more and pays for it.
ENOUGH_FOR_A_WALL = 96
_SOURCE_POINTS = 4_000  # of a metric that an expression or another metric's axis is computed from; exact up to that


@dataclass(frozen=True, slots=True)
class Question:
    """What a browser wants of some runs.

    `low` and `high` are on the axis `x`: steps, seconds since the start, milliseconds of the clock, or the other
    metric's values. `after` asks only for points beyond a step. `is_fine` asks for all the buckets the width can show.
    """

    keys: Sequence[str]
    expressions: Sequence[str] = ()
    x: str = STEP
    buckets: int = 800
    low: float | None = None
    high: float | None = None
    after: int | None = None
    is_fine: bool = False

    @property
    def other_metric(self) -> str:
        return self.x.removeprefix(METRIC) if self.x.startswith(METRIC) else ""


@dataclass(frozen=True, slots=True)
class Line:
    """`summary` is None for an expression. `x` is in the unit of the axis."""

    run_id: str
    key: str
    x: Floats
    buckets: Buckets
    summary: Summary | None


def read(runs: Sequence[Run], question: Question) -> list[Line]:
    """The lines of these runs that have points in the range, key by key. Raises Invalid."""
    if len(runs) > MOST_RUNS:
        raise Invalid("too_many_runs", f"At most {MOST_RUNS:,} runs can be drawn at once.")
    if len(runs) * (len(question.keys) + len(question.expressions)) > MOST_LINES:
        raise Invalid("too_many_series", f"At most {MOST_LINES:,} lines can be read at once.")
    if not runs:
        return []
    parsed = [expressions.parse(text) for text in question.expressions]
    if question.other_metric:
        return _from_sources(runs, [_plain(key) for key in question.keys] + parsed, question)
    plain = _plain_lines(runs, question) if question.keys else []
    return plain + (_from_sources(runs, parsed, question) if parsed else [])


def _plain(key: str) -> Expression:
    """A metric as the expression that is nothing but it."""
    return expressions.naming(key)


def _plain_lines(runs: Sequence[Run], question: Question) -> list[Line]:
    ids = keys.known_ids(runs[0].workspace_id, question.keys)
    places = {(run.pk, ids[key]): key for key in question.keys if key in ids for run in runs}
    if not places:
        return []
    by_id = {run.pk: run for run in runs}
    axes = {run.pk: _axis(question, _origin(run, question.x)) for run in runs}
    found = reducing.reduced(list(places), axes)
    summaries = metric_queries.summaries_of([run.pk for run in runs], list(ids))
    return [
        Line(
            run_id=place[0],
            key=key,
            x=_on_axis(found[place].step, found[place].time_ms, question.x, _origin(by_id[place[0]], question.x)),
            buckets=found[place],
            summary=summaries.get(place[0], {}).get(key),
        )
        for place, key in places.items()
        if place in found
    ]


def _axis(question: Question, origin: int) -> Axis:
    enough = 0 if question.is_fine else ENOUGH_FOR_A_WALL
    if question.after is not None:
        return Axis(STEP, question.buckets, question.after + 1, None, enough)
    if question.x == STEP:
        low, high = (None if end is None else int(end) for end in (question.low, question.high))
        return Axis(STEP, question.buckets, low, high, enough)
    scale = 1000 if question.x == RELATIVE else 1
    low, high = (None if end is None else int(end * scale) + origin for end in (question.low, question.high))
    return Axis(TIME, question.buckets, low, high, enough)


def _origin(run: Run, x: str) -> int:
    return int((run.started_at or run.created_at).timestamp() * 1000) if x == RELATIVE else 0


def _on_axis(step: Ints, time_ms: Ints, x: str, origin: int) -> Floats:
    if x == RELATIVE:
        return (time_ms - origin) / 1000.0
    return (time_ms if x == WALL else step).astype(np.float64)


def _from_sources(runs: Sequence[Run], wanted: Sequence[Expression], question: Question) -> list[Line]:
    """Lines that are computed: of expressions, and of metrics over another metric."""
    names = dict.fromkeys(name for one in wanted for name in one.names)
    other = question.other_metric
    sources = _sources(runs, [*names, other] if other else list(names))
    lines = []
    for one in wanted:
        for run in runs:
            own = sources.get(run.pk, {})
            curve = expressions.evaluate(one, own)
            line = _computed(run, one.text, curve, own.get(other), question)
            if line is not None:
                lines.append(line)
    return lines


def _sources(runs: Sequence[Run], names: Sequence[str]) -> dict[str, dict[str, Curve]]:
    ids = keys.known_ids(runs[0].workspace_id, list(dict.fromkeys(names)))
    for name in names:
        if name not in ids:
            message = f"No run has logged {name!r}."
            hint = "Put spaces around a / that divides." if "/" in name else ""
            raise Invalid("unknown_metric", message, hint=hint, fields={"expression": message})
    places = {(run.pk, key_id): name for name, key_id in ids.items() for run in runs}
    axis = Axis(STEP, _SOURCE_POINTS)
    found: dict[str, dict[str, Curve]] = {}
    for place, one in reducing.reduced(list(places), dict.fromkeys((run.pk for run in runs), axis)).items():
        found.setdefault(place[0], {})[places[place]] = Curve(one.step, one.time_ms, one.last)
    return found


def _computed(run: Run, key: str, curve: Curve, other: Curve | None, question: Question) -> Line | None:
    if question.after is not None:
        curve = curve.where(curve.step > question.after)
    if question.other_metric:
        if other is None:
            return None
        x = alignment.held(curve.step.astype(np.float64), other.step.astype(np.float64), other.value)
    else:
        x = _on_axis(curve.step, curve.time_ms, question.x, _origin(run, question.x))
    is_shown = np.isfinite(x) & _within(x, question.low, question.high)
    curve, x = curve.where(is_shown), x[is_shown]
    if not len(curve):
        return None
    # Cut along the steps: another metric may come and go, and a clock may go back.
    buckets = curves.reduced(curve, curve.step, question.buckets)
    places = np.searchsorted(curve.step, buckets.step, side="right") - 1
    return Line(run.pk, key, x[places], buckets, None)


def _within(x: Floats, low: float | None, high: float | None) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    inside = np.ones(len(x), np.bool_)
    if low is not None:
        inside &= x >= low
    if high is not None:
        inside &= x <= high
    return inside


def grouped(lines: Iterable[Line], group_of: Mapping[str, int]) -> dict[tuple[str, int], list[Line]]:
    """The lines by key and number of their run's group."""
    found: dict[tuple[str, int], list[Line]] = {}
    for line in lines:
        found.setdefault((line.key, group_of[line.run_id]), []).append(line)
    return found
