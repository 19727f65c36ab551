"""Metrics over REST: batches in; summaries, exact points and buckets out."""

from functools import partial
from typing import Any, ClassVar, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.tracking.metrics import columns, queries, serializers, services
from runs.tracking.metrics.columns import Columns
from runs.tracking.models import Experiment, Run
from runs.tracking.services import records
from studio import access
from studio.access import Permission
from studio.accounts.models import User
from studio.api import pagination
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid

MAX_POINTS_PER_PAGE = 100_000
MAX_BUCKETS = 5_000
MAX_RUNS = 100
MAX_SERIES = 1_000
_FIELDS = frozenset({"writer", "seq", "metrics", "columns", "params", "tags", "goals"})
_STEPS = {"minimum": -(2**63), "maximum": 2**63 - 1}


class Ingest(WorkspaceAPIView):
    """One batch of a run: points, and what else was recorded with them. Stored whole and once, or not at all."""

    policy: ClassVar = {"POST": Permission.RUN_LOG}
    max_body: ClassVar[int] = 4 * 1024 * 1024
    allow_nan: ClassVar[bool] = True  # Python's json writes a bare NaN unless told otherwise

    @extend_schema(request=serializers.Batch, responses={200: serializers.Accepted})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_LOG)
        body = _body(request.data)
        result = services.ingest(
            actor=cast(User, request.user),
            run=run,
            writer=body.get("writer", ""),
            seq=body.get("seq", -1),
            columns=_columns(body),
            goals=_object(body, "goals"),
            besides=partial(_record, request.user, run, _object(body, "params"), _object(body, "tags")),
        )
        return Response({"accepted": result.accepted, "duplicate": result.duplicate})


class Summaries(WorkspaceAPIView):
    """What each metric of a run comes to."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses={200: serializers.Summary(many=True)})
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        return Response([serializers.summary(row) for row in queries.summaries(run)])


class Points(WorkspaceAPIView):
    """The points of one metric, exactly as logged, by step."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter("key", str, required=True),
            OpenApiParameter("min_step", int),
            OpenApiParameter("max_step", int),
            OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
        responses={200: serializers.PointPage},
    )
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        page = queries.points(
            run,
            _one_key(request),
            minimum=_whole(request, "min_step"),
            maximum=_whole(request, "max_step"),
            limit=pagination.limit_of(request.GET, default=10_000, maximum=MAX_POINTS_PER_PAGE),
            cursor=request.GET.get("cursor", ""),
        )
        return Response(serializers.point_page(page, request))


class RunBuckets(WorkspaceAPIView):
    """Curves of one run, each reduced to what a chart of so many pixels can show."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(parameters=serializers.BUCKET_PARAMETERS, responses={200: serializers.Curves})
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        return Response(_buckets(request, [run]))


class Buckets(WorkspaceAPIView):
    """Curves of several runs in one answer: `?run=…&run=…&key=…`. Runs that can't be seen are left out."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("run", str, many=True, required=True), *serializers.BUCKET_PARAMETERS],
        responses={200: serializers.Curves},
    )
    def get(self, request: Request, workspace: str) -> Response:
        wanted = request.GET.getlist("run")
        if len(wanted) > MAX_RUNS:
            raise Invalid("too_many_runs", f"At most {MAX_RUNS} runs can be drawn at once.")
        return Response(_buckets(request, list(access.visible(request, Run).filter(pk__in=wanted))))


class Keys(WorkspaceAPIView):
    """The names of the metrics in the workspace, or in one experiment."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("experiment", str, description="its path")],
        responses={200: serializers.KeyList},
    )
    def get(self, request: Request, workspace: str) -> Response:
        path = request.GET.get("experiment")
        experiment = path and access.get_or_404(request, Experiment, None, Permission.EXPERIMENT_VIEW, path=path)
        return Response({"results": queries.keys_in(self.workspace, experiment or None)})


def _body(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Invalid("invalid_batch", "A batch is an object with writer, seq and metrics or columns.")
    if unknown := sorted(set(data) - _FIELDS):
        message = f"A batch has no field {unknown[0][:80]!r}."
        raise Invalid("invalid_batch", message, fields={unknown[0][:80]: message})
    return data


def _columns(body: dict[str, Any]) -> Columns:
    if "columns" in body and "metrics" in body:
        raise Invalid("invalid_batch", "A batch has metrics or columns, not both.")
    if "columns" in body:
        return columns.from_columns(body["columns"])
    return columns.from_points(body["metrics"]) if "metrics" in body else columns.nothing()


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name) or {}
    if not isinstance(value, dict):
        message = f"The {name} are an object of names and values."
        raise Invalid("invalid_batch", message, fields={name: message})
    return value


def _record(actor: Any, run: Run, params: dict[str, Any], tags: dict[str, Any]) -> None:
    if params:
        records.log_params(actor=actor, run=run, params=params)
    if tags:
        records.set_tags(actor=actor, run=run, tags=tags)


def _buckets(request: Request, runs: list[Run]) -> dict[str, Any]:
    names = request.GET.getlist("key")
    if not names:
        raise Invalid("bad_parameter", "Name at least one metric: ?key=loss.", fields={"key": "required"})
    if len(names) * len(runs) > MAX_SERIES:
        raise Invalid("too_many_series", f"At most {MAX_SERIES:,} curves can be read at once.")
    x = request.GET.get("x", queries.STEP)
    if x not in (queries.STEP, queries.TIME, queries.RELATIVE):
        raise Invalid("bad_parameter", "x is step, time or relative.", fields={"x": "unknown"})
    count = request.GET.get("buckets", "1000")
    series = queries.buckets(
        runs,
        names,
        buckets=pagination.whole_number("buckets", count, minimum=1, maximum=MAX_BUCKETS),
        x=x,
        minimum=_whole(request, "min"),
        maximum=_whole(request, "max"),
    )
    return {"series": [serializers.series(one) for one in series], "sampled": any(one.is_sampled for one in series)}


def _one_key(request: Request) -> str:
    name = request.GET.get("key", "")
    if problem := columns.name_problem(name):
        raise Invalid("bad_parameter", problem, fields={"key": problem})
    return name


def _whole(request: Request, name: str) -> int | None:
    text = request.GET.get(name)
    return pagination.whole_number(name, text, **_STEPS) if text else None
