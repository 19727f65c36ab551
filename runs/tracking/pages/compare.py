"""Several runs side by side: their values in rows, the best of each metric marked, differences to a baseline."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runs.tracking.metrics.queries import Summary
from runs.tracking.models import Run
from runs.tracking.pages import charts, palette
from runs.tracking.queries import compare as compare_queries
from studio.web import formats

FEWEST, MOST = 2, compare_queries.MAX_RUNS
LONG = 20  # characters from which a value is text that may wrap
STATISTICS = ("last", "best", "min", "max", "mean")


@dataclass(frozen=True, slots=True)
class Column:
    """One run at the head of its column."""

    run: Run
    slot: int
    dash: int
    is_baseline: bool
    without_ids: str  # what is left in the address when this run is taken out; empty when too few would stay


@dataclass(frozen=True, slots=True)
class Cell:
    """One value; `delta` is its distance to the baseline and `trend` says whether that is good or bad."""

    text: str
    title: str = ""
    is_best: bool = False
    is_missing: bool = False
    is_text: bool = False  # long: may take lines of its own
    delta: str = ""
    trend: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    differs: bool
    cells: Sequence[Cell]
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Parameters, metrics or tags. `hidden` counts the rows left out because all runs have the same value."""

    title: str
    rows: Sequence[Row]
    hidden: int


@dataclass(frozen=True, slots=True)
class ComparePage:
    columns: Sequence[Column]
    sections: Sequence[Section]
    only_differences: bool
    statistic: str
    board: charts.Board
    missing: int
    too_many: int
    can_diff: bool


def compare_page(
    runs: Sequence[Run], *, asked: Sequence[str], baseline_id: str, only_differences: bool, statistic: str
) -> ComparePage:
    """The comparison of `runs`; `asked` are the ids in the address, of which some may be gone or too many."""
    statistic = statistic if statistic in STATISTICS else "last"
    baseline = next((at for at, run in enumerate(runs) if run.pk == baseline_id), -1)
    found = compare_queries.compare(runs)
    metrics = [_metric_row(row, statistic, baseline) for row in found.metrics]
    sections = [
        _section("Metrics", [row for row in metrics if not _is_system(row)], only_differences),
        _section("Parameters", [_text_row(row) for row in found.params], only_differences),
        _section("Tags", [_text_row(row) for row in found.tags], only_differences),
        *_around(found, only_differences),
        _section("System", [row for row in metrics if _is_system(row)], only_differences),
    ]
    return ComparePage(
        columns=_columns(runs, baseline_id),
        sections=[section for section in sections if section.rows or section.hidden],
        only_differences=only_differences,
        statistic=statistic,
        board=charts.board(runs),
        missing=min(len(asked), MOST) - len(runs),
        too_many=max(0, len(asked) - MOST),
        can_diff=sum(run.snapshot_id is not None for run in runs) >= FEWEST,
    )


def _around(found: compare_queries.Comparison, only_differences: bool) -> list[Section]:
    return [
        _section(section.capitalize(), [_text_row(row) for row in rows], only_differences)
        for section, rows in found.surroundings.items()
    ]


def _is_system(row: Row) -> bool:
    return row.key.startswith(charts.SYSTEM_PREFIX)


def _columns(runs: Sequence[Run], baseline_id: str) -> list[Column]:
    colours = palette.colours((run.pk, run.name) for run in runs)
    return [
        Column(
            run=run,
            slot=colours[run.pk].slot,
            dash=colours[run.pk].dash,
            is_baseline=run.pk == baseline_id,
            without_ids=",".join(other.pk for other in runs if other is not run) if len(runs) > FEWEST else "",
        )
        for run in runs
    ]


def _section(title: str, rows: Sequence[Row], only_differences: bool) -> Section:
    shown = [row for row in rows if row.differs] if only_differences else list(rows)
    return Section(title, shown, len(rows) - len(shown))


def _text_row(row: compare_queries.CompareRow) -> Row:
    cells = [_text_cell(value) for value in row.values]
    return Row(row.key, row.differs, cells)


def _text_cell(value: str | None) -> Cell:
    if value is None:
        return Cell(formats.DASH, is_missing=True)
    return Cell(value, value, is_text=len(value) > LONG)


def _metric_row(row: compare_queries.CompareRow, statistic: str, baseline: int) -> Row:
    goal = next((summary.goal for summary in row.values if summary), "")
    values = [_value(summary, statistic) for summary in row.values]
    best = _best(values, goal)
    base = values[baseline] if baseline >= 0 else None
    cells = [_metric_cell(value, best, None if at == baseline else base, goal) for at, value in enumerate(values)]
    return Row(row.key, len({_same(value) for value in values}) > 1, cells, goal)


def _value(summary: Summary | None, statistic: str) -> float | None:
    if summary is None:
        return None
    value = getattr(summary, statistic)
    return summary.last if value is None and statistic == "best" else value


def _same(value: float | None) -> object:
    """A value to tell others apart by: two that are not a number are alike."""
    return "NaN" if value is not None and math.isnan(value) else value


def _best(values: Sequence[float | None], goal: str) -> float | None:
    """The best value where the metric has a goal and there is a choice."""
    finite = [value for value in values if value is not None and math.isfinite(value)]
    if not goal or len(set(finite)) < 2:
        return None
    return min(finite) if goal == "min" else max(finite)


def _metric_cell(value: float | None, best: float | None, base: float | None, goal: str) -> Cell:
    if value is None:
        return Cell(formats.DASH, is_missing=True)
    delta, trend = "", ""
    if base is not None and math.isfinite(base) and math.isfinite(value):
        difference = value - base
        delta = f"{'+' if difference >= 0 else '−'}{formats.number(abs(difference))}"
        if goal and difference:
            trend = "good" if (difference > 0) == (goal == "max") else "bad"
    is_best = best is not None and value == best
    return Cell(formats.number(value), formats.full_number(value), is_best, delta=delta, trend=trend)
