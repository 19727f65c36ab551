"""What charts are drawn from: the runs with their colours, their metrics, and curves cut to the width of a screen."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from compute.jobs.models import Job
from runs.tracking.metrics import queries as metric_queries
from runs.tracking.models import Run
from runs.tracking.pages import palette
from studio.errors import Invalid

SYSTEM = "system"
SYSTEM_PREFIX = "system/"
MOST_RUNS = 20
MOST_KEYS = 50
MOST_BUCKETS = 4000
POINTS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Board:
    """A page of charts: where its numbers come from, and whom it listens to."""

    keys_url: str
    points_url: str
    csv_url: str
    run_ids: str
    is_comparison: bool
    scope: str


@dataclass(frozen=True, slots=True)
class Range:
    """Which part of which curves a browser wants."""

    keys: Sequence[str]
    x: str
    buckets: int
    minimum: int | None
    maximum: int | None


def board(runs: Sequence[Run], *, scope: str = "") -> Board:
    """The charts of these runs; `scope` "system" shows only what the machine reported."""
    kwargs = {"workspace": runs[0].workspace.slug}
    query = urlencode({"ids": ",".join(run.pk for run in runs)} | ({"scope": scope} if scope else {}))
    return Board(
        keys_url=f"{reverse('metric-keys', kwargs=kwargs)}?{query}",
        points_url=f"{reverse('metric-points', kwargs=kwargs)}?{query}",
        csv_url=f"{reverse('metrics-csv', kwargs=kwargs)}?{query}",
        run_ids=" ".join(run.pk for run in runs),
        is_comparison=len(runs) > 1,
        scope=scope,
    )


def runs_named(rows: "QuerySet[Run]", query: QueryDict) -> list[Run]:
    """The runs of `?ids=a,b,c` in that order; those that are not to be seen are left out without a word.

    A run in the trash is drawn alone, on its own page; among others it is left out.
    """
    ids = list(dict.fromkeys(name for name in query.get("ids", "").split(",") if name))[:MOST_RUNS]
    rows = rows if len(ids) == 1 else rows.filter(deleted_at=None)
    known = rows.filter(pk__in=ids).select_related("workspace", "experiment", "created_by", "job")
    found = {run.pk: run for run in known}
    return [found[name] for name in ids if name in found]


def catalogue(runs: Sequence[Run], *, scope: str) -> dict[str, Any]:
    """The runs and their metrics: system metrics alone for the scope "system", the others otherwise."""
    colours = palette.colours((run.pk, run.name) for run in runs)
    summaries = metric_queries.summaries_of([run.pk for run in runs])
    metrics: dict[str, dict[str, Any]] = {}
    for run in runs:
        for key, summary in summaries.get(run.pk, {}).items():
            if key.startswith(SYSTEM_PREFIX) == (scope == SYSTEM):
                metrics.setdefault(key, {})[run.pk] = _summary(summary)
    return {
        "runs": [
            {
                "id": run.pk,
                "name": run.name,
                "url": run.get_absolute_url(),
                "state": run.state,
                "slot": colours[run.pk].slot,
                "dash": colours[run.pk].dash,
            }
            for run in runs
        ],
        "metrics": [{"key": key, "runs": metrics[key]} for key in sorted(metrics)],
    }


def _summary(summary: metric_queries.Summary) -> dict[str, Any]:
    return {
        "count": summary.count,
        "last": number(summary.last),
        "min": summary.min,
        "max": summary.max,
        "last_step": summary.last_step,
        "last_time_ms": summary.last_time_ms,
        "nan_count": summary.nan_count,
        "inf_count": summary.inf_count,
        "goal": summary.goal,
    }


def wanted_range(query: QueryDict) -> Range:
    """The range a query string asks for. Raises Invalid naming the parameter that makes no sense."""
    keys = query.getlist("key")
    if not 1 <= len(keys) <= MOST_KEYS:
        raise Invalid("invalid_key", f"Ask for 1 to {MOST_KEYS} metrics at once.", fields={"key": "Name a metric."})
    x = query.get("x", metric_queries.STEP)
    if x not in (metric_queries.STEP, metric_queries.TIME, metric_queries.RELATIVE):
        raise Invalid("invalid_axis", "The x axis is step, time or relative.", fields={"x": "Unknown axis."})
    buckets = _whole(query, "buckets") or 800
    return Range(
        keys=keys,
        x=x,
        buckets=min(max(buckets, 10), MOST_BUCKETS),
        minimum=_whole(query, "min"),
        maximum=_whole(query, "max"),
    )


def _whole(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
        if abs(value) < 2**63:
            return round(value)
    except ValueError:
        pass
    raise Invalid("invalid_range", f"'{name}' must be a number below 2^63.", fields={name: "Not such a number."})


def curves(runs: Sequence[Run], wanted: Range) -> dict[str, Any]:
    """One series per run and key that has points in the range."""
    series = metric_queries.buckets(
        runs, wanted.keys, buckets=wanted.buckets, x=wanted.x, minimum=wanted.minimum, maximum=wanted.maximum
    )
    return {"series": [_series(one) for one in series]}


def _series(series: metric_queries.Series) -> dict[str, Any]:
    buckets = series.buckets
    return {
        "run": series.run_id,
        "key": series.key,
        "origin_ms": series.origin_ms,
        "step": buckets.step.tolist(),
        "time_ms": buckets.time_ms.tolist(),
        "last": [number(value) for value in buckets.last.tolist()],
        "min": [number(value) for value in buckets.min.tolist()],
        "max": [number(value) for value in buckets.max.tolist()],
        "count": buckets.count.tolist(),
        "nan": buckets.nan.tolist(),
        "above": buckets.above.tolist(),
        "below": buckets.below.tolist(),
    }


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
