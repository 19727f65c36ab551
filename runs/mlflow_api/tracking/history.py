"""The points of a metric: page by page, of several runs at once, and thinned to a number of steps."""

from typing import Any, ClassVar

import numpy as np
import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowView
from runs.mlflow_api.tracking import finding, run_shapes
from runs.tracking.metrics import queries
from runs.tracking.metrics.codec import Floats, Ints
from runs.tracking.metrics.curves import Curve
from runs.tracking.models import Run
from studio.access import Permission

MAX_POINTS = 25_000
MAX_RUNS = 100
MAX_STEPS = 2_500
SAFE = ("+", "~")  # a plus in an address would be read as a blank
ALL = 2**40  # more points than any metric has


class History(MlflowView):
    """`get-history`: all points, or a page of `max_results` of them."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str) -> HttpResponse:
        body = fields.body_of(request)
        run_id, key = fields.required(body, "run_id", "run_uuid"), fields.required(body, "metric_key")
        limit = fields.whole(body, "max_results")
        if limit is not None and limit <= 0:
            raise fields.bad(
                f"Invalid value {limit} for parameter 'max_results' supplied. It must be a positive integer."
            )
        run = finding.run(request, self.workspace, run_id, Permission.RUN_VIEW, is_active=False)
        page = queries.points(run, key, limit=limit or ALL, cursor=fields.text(body, "page_token").replace(*SAFE[::-1]))
        answer: dict[str, Any] = {"metrics": _points(key, page.curve)}
        if page.next_cursor:
            answer["next_page_token"] = page.next_cursor.replace(*SAFE)
        return _json(answer)


class BulkHistory(MlflowView):
    """`get-history-bulk`: one metric of several runs, one after the other."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str) -> HttpResponse:
        run_ids = request.query_params.getlist("run_id")
        if not run_ids:
            raise fields.bad("GetMetricHistoryBulk request must specify at least one run_id.")
        if len(run_ids) > MAX_RUNS:
            raise fields.bad(
                f"GetMetricHistoryBulk request cannot specify more than {MAX_RUNS} run_ids. "
                f"Received {len(run_ids)} run_ids."
            )
        key = request.query_params.get("metric_key")
        if key is None:
            raise fields.bad("GetMetricHistoryBulk request must specify a metric_key.")
        body = fields.body_of(request)
        left = min(fields.within(body, "max_results", default=MAX_POINTS, low=1, high=2**31), MAX_POINTS)
        found: list[dict[str, Any]] = []
        for run in _runs(self, request, sorted(run_ids)):
            curve = queries.points(run, key, limit=left).curve
            found += _points(key, curve, run_id=run.pk)
            left -= len(curve)
            if left <= 0:
                break
        return _json({"metrics": found})


class BulkInterval(MlflowView):
    """`get-history-bulk-interval`: one metric of several runs at about so many steps, spread over what was logged."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str) -> HttpResponse:
        body = fields.body_of(request, "run_ids")
        run_ids, key = _interval_runs(body), fields.required(body, "metric_key")
        limit = fields.whole(body, "max_results", default=MAX_STEPS) or 0
        if not 1 <= limit <= MAX_STEPS:
            raise fields.bad(f"max_results must be between 1 and {MAX_STEPS}.{fields.SEE}")
        low, high = _interval(body)
        runs = list(_runs(self, request, run_ids))
        curves = [queries.points(run, key, limit=ALL).curve for run in runs]
        steps = _sampled([curve.step for curve in curves], low, high, limit)
        found: list[dict[str, Any]] = []
        for run, curve in zip(runs, curves, strict=True):
            found += _points(key, curve.where(np.isin(curve.step, steps)), run_id=run.pk)[:MAX_STEPS]
        return _json({"metrics": found})


def _interval_runs(body: fields.Body) -> list[str]:
    run_ids = fields.texts(body, "run_ids")
    if not run_ids:
        raise fields.missing("run_ids")
    if len(run_ids) > MAX_RUNS:
        raise fields.bad(
            f"GetMetricHistoryBulkInterval request must specify at most {MAX_RUNS} run_ids. "
            f"Received {len(run_ids)} run_ids."
        )
    return run_ids


def _interval(body: fields.Body) -> tuple[int | None, int | None]:
    low, high = fields.whole(body, "start_step"), fields.whole(body, "end_step")
    if (low is None) != (high is None):
        raise fields.bad("If either start step or end step are specified, both must be specified.")
    if low is not None and high is not None and low > high:
        raise fields.bad(f"end_step must be greater than start_step. Found start_step={low} and end_step={high}.")
    return low, high


def _sampled(runs: list[Ints], low: int | None, high: int | None, limit: int) -> Ints:
    """The steps to show: evenly spread over all that were logged, with each run's first and last."""
    every = np.unique(np.concatenate(runs)) if runs else np.empty(0, np.int64)
    ends = np.array([step for steps in runs if len(steps) for step in (steps.min(), steps.max())], np.int64)
    low = 0 if low is None else low
    high = (int(every[-1]) if len(every) else 0) if high is None else high
    inside = every[(every >= low) & (every <= high)]
    ends = ends[(ends >= low) & (ends <= high)]
    if len(inside) > limit:
        places = (np.arange(limit) * (len(inside) / limit)).astype(np.int64)
        inside = np.append(inside[places], inside[-1])
    return np.union1d(inside, ends)


def _runs(view: MlflowView, request: Request, run_ids: list[str]) -> list[Run]:
    return [
        finding.run(request, view.workspace, run_id, Permission.RUN_VIEW, is_active=False)
        for run_id in dict.fromkeys(run_ids)
    ]


def _points(key: str, curve: Curve, *, run_id: str = "") -> list[dict[str, Any]]:
    """Points as MLflow's JSON, by step, time and value. The same point twice is one: MLflow keeps it once."""
    curve = _distinct(curve)
    columns = zip(_numbers(curve.value), curve.time_ms.tolist(), curve.step.tolist(), strict=True)
    if run_id:
        return [
            {"key": key, "value": value, "timestamp": time_ms, "step": step, "run_id": run_id}
            for value, time_ms, step in columns
        ]
    return [{"key": key, "value": value, "timestamp": time_ms, "step": step} for value, time_ms, step in columns]


def _distinct(curve: Curve) -> Curve:
    step, time_ms = curve.step, curve.time_ms
    if len(step) < 2 or not ((step[1:] == step[:-1]) & (time_ms[1:] == time_ms[:-1])).any():
        return curve
    curve = curve.where(np.lexsort((curve.value, time_ms, step)))
    same = (
        (curve.step[1:] == curve.step[:-1])
        & (curve.time_ms[1:] == curve.time_ms[:-1])
        & ((curve.value[1:] == curve.value[:-1]) | (np.isnan(curve.value[1:]) & np.isnan(curve.value[:-1])))
    )
    return curve.where(np.append(True, ~same))


def _numbers(values: Floats) -> list[Any]:
    plain: list[Any] = values.tolist()
    for index in np.flatnonzero(~np.isfinite(values)):
        plain[index] = run_shapes.number(plain[index])
    return plain


def _json(answer: dict[str, Any]) -> HttpResponse:
    return HttpResponse(orjson.dumps(answer), content_type="application/json")
