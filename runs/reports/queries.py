"""What the live blocks of a report show, for the person who reads it now."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from runs.reports import blocks
from runs.reports.blocks import Block
from runs.reports.models import Report, ReportRevision
from runs.tracking import search
from runs.tracking.metrics import queries as metrics
from runs.tracking.metrics.queries import Series, Summary
from runs.tracking.models import Experiment, Run
from runs.tracking.pages import palette
from runs.tracking.queries import runs as run_queries
from runs.tracking.queries.runs import RunRow
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid, NotFound

DEFAULT_LIMIT = 10
BUCKETS = 400
AGGREGATES = ("last", "min", "max", "first", "mean", "best")
DEFAULT_COLUMNS = ("state", "duration")
SYSTEM_PREFIX = "system/"
MOST_ON_CARD = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One curve of a chart. `x` is steps, seconds since the start, or ms since the epoch."""

    run: Run
    colour: palette.Colour
    metric: str
    x: list[float]
    y: list[float | None]


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    lines: list[Line]
    x: str
    is_log: bool
    smoothing: float
    words: str  # the chart in a sentence, for who can't see it


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: list[str]
    rows: list[tuple[RunRow, list[tuple[str, Any]]]]  # each cell with its column's name


def reports_in(workspace: Workspace, *, with_drafts: bool) -> "list[Report]":
    """The reports a person may see, the last changed first."""
    rows = Report.objects.in_workspace(workspace).select_related("workspace", "created_by", "updated_by").defer("body")
    return list(rows if with_drafts else rows.filter(state=Report.State.PUBLISHED))


def revisions_of(report: Report) -> "QuerySet[ReportRevision]":
    """Earlier versions, newest first, without their text."""
    return report.revisions.select_related("author").defer("body").order_by("-version")


def revision(report: Report, version: int) -> ReportRevision:
    """One earlier version. Raises NotFound."""
    found = report.revisions.select_related("author").filter(version=version).first()
    if found is None:
        raise NotFound("not_found", "This report has no such version.")
    return found


def block_of(report: Report, number: int) -> Block:
    """A live block by its place in the report. Raises NotFound."""
    found = [block for block in blocks.parts(report.body) if block.number == number and block.kind != "prose"]
    if not found:
        raise NotFound("not_found", "This report has no such block.")
    return found[0]


def runs_of(workspace: Workspace, values: dict[str, Any], person: User | None) -> list[Run]:
    """The runs a block asks for. Raises Invalid for a filter that can't be read."""
    limit = values.get("limit", DEFAULT_LIMIT)
    named = values.get("runs")
    if named:
        ids = list(dict.fromkeys(named))[: blocks.MAX_RUNS]
    else:
        query = search.Query(
            filter=values.get("filter", ""),
            experiments=_experiments(workspace, values.get("experiment", "")),
            order=values.get("sort", ""),
            person=person,
            archived=False,
            limit=limit,
        )
        ids = search.find(workspace, query).ids
    found = {run.pk: run for run in run_queries.in_workspace(workspace).filter(pk__in=ids)}
    return [found[run_id] for run_id in ids if run_id in found]


def chart(workspace: Workspace, block: Block, person: User | None) -> Chart:
    """The curves of a chart block."""
    values = block.values or {}
    runs = runs_of(workspace, values, person)
    axis = values.get("x", metrics.STEP)
    series = metrics.buckets(runs, values["metrics"], buckets=BUCKETS, x=axis) if runs else []
    colours = palette.colours((run.pk, run.name) for run in runs)
    by_id = {run.pk: run for run in runs}
    lines = [_line(one, by_id[one.run_id], colours[one.run_id], axis) for one in series]
    title = values.get("title") or ", ".join(values["metrics"])
    return Chart(
        title, lines, axis, bool(values.get("log")), float(values.get("smoothing", 0.0)), _words(title, runs, lines)
    )


def table(workspace: Workspace, block: Block, person: User | None) -> Table:
    """The rows of a runs block."""
    values = block.values or {}
    columns = values.get("columns") or list(DEFAULT_COLUMNS)
    rows = run_queries.rows_of(runs_of(workspace, values, person))
    return Table(values.get("title", ""), columns, [(row, cells(row, columns)) for row in rows])


def cells(row: RunRow, columns: Sequence[str]) -> list[tuple[str, Any]]:
    """A run's values in these columns, each with its column; None where it has none."""
    return [(name, _cell(row, name)) for name in columns]


def run(workspace: Workspace, block: Block) -> RunRow | None:
    """The one run of a run block, None when it is gone."""
    wanted = (block.values or {})["id"]
    return next(iter(run_queries.rows_of(list(run_queries.in_workspace(workspace).filter(pk=wanted)))), None)


def heading_metrics(row: RunRow) -> list[tuple[str, Summary]]:
    """What a run's card names: its metrics without the machine's, those with a goal first."""
    own = [(key, one) for key, one in row.metrics.items() if not key.startswith(SYSTEM_PREFIX)]
    return sorted(own, key=lambda pair: (not pair[1].goal, pair[0]))[:MOST_ON_CARD]


def _experiments(workspace: Workspace, path: str) -> Sequence[int]:
    if not path:
        return ()
    path = path.strip("/")
    rows = Experiment.objects.in_workspace(workspace).filter(deleted_at=None)
    found = [pk for pk, name in rows.values_list("pk", "path") if name == path or name.startswith(path + "/")]
    if not found:
        raise Invalid("no_such_experiment", f"There is no experiment {path!r} here.")
    return found


def _line(series: Series, run: Run, colour: palette.Colour, axis: str) -> Line:
    found = series.buckets
    if axis == metrics.STEP:
        xs = [float(step) for step in found.step]
    elif axis == metrics.RELATIVE:
        xs = [(int(time) - series.origin_ms) / 1000 for time in found.time_ms]
    else:
        xs = [float(time) for time in found.time_ms]
    ys = [float(value) if math.isfinite(value) else None for value in found.last]
    return Line(run, colour, series.key, xs, ys)


def _words(title: str, runs: Sequence[Run], lines: Sequence[Line]) -> str:
    if not lines:
        return f"{title}: no points yet."
    ends = [
        f"{line.run.name} {line.metric} {line.y[-1]:.4g}" for line in lines[:5] if line.y and line.y[-1] is not None
    ]
    more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
    return f"{title}: {len(runs)} runs, {len(lines)} curves; last values {', '.join(ends)}{more}."


def _cell(row: RunRow, name: str) -> Any:
    family, _, key = name.partition(".")
    if family in ("params", "tags") and key:
        return getattr(row, family).get(key)
    if family == "metrics" and key:
        return _metric(row.metrics, key)
    run = row.run
    facts = {
        "state": run.state,
        "experiment": run.experiment.path,
        "user": run.created_by.name if run.created_by else None,
        "started": run.started_at,
        "duration": run.ended_at - run.started_at if run.ended_at and run.started_at else None,
        "id": run.pk,
    }
    return facts.get(name)


def _metric(summaries: dict[str, Summary], key: str) -> float | None:
    if key in summaries:
        return summaries[key].last
    head, _, aggregate = key.rpartition(".")
    found = summaries.get(head)
    return getattr(found, aggregate) if found is not None and aggregate in AGGREGATES else None
