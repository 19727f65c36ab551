"""What the charts of a run and of a comparison begin with, and their points as they were logged."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from compute.jobs.models import Job
from runs.tracking.metrics import queries as metric_queries
from runs.tracking.models import Run
from runs.tracking.pages import chart_wall

SYSTEM = "system"
SYSTEM_PREFIX = "system/"
MOST_RUNS = 20
POINTS_AT_ONCE = 10_000


Board = chart_wall.Board


def board(runs: Sequence[Run], *, scope: str = "") -> Board:
    """The charts of these runs; `scope` "system" shows only what the machine reported."""
    is_single = len(runs) == 1
    ids = [run.pk for run in runs]
    return chart_wall.board(
        runs[0].workspace, ids=ids, scope=scope or ("run" if is_single else ""), is_single=is_single
    )


def runs_named(rows: "QuerySet[Run]", query: QueryDict, most: int = MOST_RUNS) -> list[Run]:
    """The runs of `?ids=a,b,c` in that order; those that are not to be seen are left out without a word."""
    ids = list(dict.fromkeys(name for name in query.get("ids", "").split(",") if name))[:most]
    known = rows.filter(pk__in=ids).select_related("workspace", "experiment", "created_by", "job")
    found = {run.pk: run for run in known}
    return [found[name] for name in ids if name in found]


def number(value: float | None) -> float | str | None:
    """A value as JSON can carry it: what is not finite by its name."""
    if value is None or math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def every_point(run: Run, key: str) -> Iterator[tuple[int, int, float | str | None]]:
    """All points of a metric in order, read page by page."""
    cursor = ""
    while True:
        found = metric_queries.points(run, key, limit=POINTS_AT_ONCE, cursor=cursor)
        curve = found.curve
        for step, time_ms, value in zip(curve.step.tolist(), curve.time_ms.tolist(), curve.value.tolist(), strict=True):
            yield step, time_ms, number(value)
        cursor = found.next_cursor
        if not cursor:
            return


def process_facts(job: Job | None) -> list[tuple[str, str]]:
    """What is known of the process: where it runs and how it ended, as label and text."""
    if job is None:
        return []
    process: Mapping[str, Any] = job.process or {}
    rows = [
        ("Compute", str(job.target) if job.target else "reports by itself"),
        ("Host", process.get("host")),
        ("Process", process.get("pid")),
        ("Process group", process.get("pgid")),
        ("Attempt", job.attempt or None),
        ("Exit code", job.exit_code),
        ("Signal", job.signal),
    ]
    return [(label, str(text)) for label, text in rows if text not in (None, "")]
