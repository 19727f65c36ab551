"""Figures over many traces."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api import fields
from runs.mlflow_api.traces import wording
from runs.mlflow_api.traces.traces import TracesView, visible_experiments
from runs.mlflow_api.tracking.run_shapes import number
from runs.traces import correlation, metrics, search
from studio.access import Permission
from studio.search import SearchError

MAX_RESULTS = 1_000
_VIEWS = {"1": metrics.TRACES, "2": metrics.SPANS, "3": metrics.ASSESSMENTS}
_KINDS = {"1": "COUNT", "2": "SUM", "3": "AVG", "4": "PERCENTILE", "5": "MIN", "6": "MAX"}


class TraceMetrics(TracesView):
    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        ids = fields.some(body, "experiment_ids")
        view = str(body.get("view_type", ""))
        points = metrics.answer(
            visible_experiments(self, request, ids),
            metrics.Question(
                view=_VIEWS.get(view, view),
                metric=fields.required(body, "metric_name"),
                aggregations=tuple(_aggregation(item) for item in fields.items(body, "aggregations")),
                dimensions=tuple(fields.texts(body, "dimensions")),
                filters=tuple(fields.texts(body, "filters")),
                interval_seconds=fields.whole(body, "time_interval_seconds"),
                start_ms=fields.whole(body, "start_time_ms"),
                end_ms=fields.whole(body, "end_time_ms"),
            ),
        )
        return Response(_page(points, fields.required(body, "metric_name"), body))


class FilterCorrelation(TracesView):
    """`calculate-filter-correlation`: whether two filters tend to find the same traces."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        ids = fields.some(body, "experiment_ids")
        first, second = (fields.required(body, name) for name in ("filter_string1", "filter_string2"))
        query = search.Query(
            filter=fields.text(body, "base_filter"),
            experiments=tuple(visible_experiments(self, request, ids)),
            person=self.person,
            has_words=False,
        )
        try:
            found = correlation.of(self.workspace, query, first, second)
        except SearchError as error:
            raise fields.bad(wording.of_search(error)) from error
        return Response(
            {
                "npmi": number(found.value),
                "npmi_smoothed": number(found.smoothed),
                "filter1_count": found.first,
                "filter2_count": found.second,
                "joint_count": found.both,
                "total_count": found.total,
            }
        )


def _aggregation(item: Any) -> metrics.Aggregation:
    if not isinstance(item, dict):
        raise fields.missing("aggregations")
    kind, percentile = str(item.get("aggregation_type", "")), item.get("percentile_value")
    if percentile is not None and (isinstance(percentile, bool) or not isinstance(percentile, int | float)):
        raise fields.invalid_type("percentile_value", percentile)
    return metrics.Aggregation(_KINDS.get(kind, kind), percentile)


def _page(points: list[metrics.Point], name: str, body: fields.Body) -> dict[str, Any]:
    limit = fields.within(body, "max_results", default=MAX_RESULTS, low=1, high=MAX_RESULTS)
    start = fields.whole({"page_token": fields.text(body, "page_token")}, "page_token", default=0) or 0
    if start < 0:
        raise fields.invalid("page_token", start)
    rows = [
        {"metric_name": name, "dimensions": point.dimensions, "values": point.values}
        for point in points[start : start + limit]
    ]
    more = len(points) > start + limit
    return {"data_points": rows, "next_page_token": str(start + limit)} if more else {"data_points": rows}
