"""Runs over REST: list, look, edit, stop, repeat."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs import secret_values
from runs.tracking import serializers
from runs.tracking.api import reading, shapes
from runs.tracking.api.submit import submit_run
from runs.tracking.models import Run
from runs.tracking.queries import compare as compare_queries
from runs.tracking.queries import found as found_queries
from runs.tracking.queries import runs as queries
from runs.tracking.queries import why as why_queries
from runs.tracking.services import attached, lifecycle, records
from studio import access
from studio.access import Permission
from studio.api import fields, pagination
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView
from studio.errors import NotFound

LIST_PARAMETERS = [
    OpenApiParameter("experiment", str, description="a path; its sub-paths are included"),
    OpenApiParameter("state", str, many=True, description="a state, or live"),
    OpenApiParameter("q", str, description="words in name, id, tags or parameters"),
    OpenApiParameter("tag", str, many=True, description="key or key:value"),
    OpenApiParameter("parent", str, description="a run id, or none"),
    OpenApiParameter("created_by", str, description="an id, an e-mail address, or me"),
    OpenApiParameter("archived", str, description="true, false or all"),
    OpenApiParameter("metric", str, many=True, description="the metrics to show"),
    OpenApiParameter("filter", str, description="conditions in the search language; the others must hold as well"),
    OpenApiParameter(
        "sort",
        str,
        description="created, name, state, duration, metric:<key>, param:<key> with - for descending, or an order in"
        " the search language: metrics.loss DESC, start_time",
    ),
    OpenApiParameter("limit", int),
    OpenApiParameter("cursor", str),
]


class Runs(WorkspaceAPIView):
    """The runs of the workspace; posting a job file adds one."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW, "POST": Permission.RUN_SUBMIT}
    max_body: ClassVar[int] = 9 * 1024 * 1024

    @extend_schema(operation_id="runs_list", parameters=LIST_PARAMETERS, responses={200: serializers.RunList})
    def get(self, request: Request, workspace: str) -> Response:
        filters = reading.run_filters(request, request.user)
        page = found_queries.rows(self.workspace, filters)
        return Response(
            {
                "results": [shapes.run_row(row) for row in page.rows],
                "next": pagination.url_of_page(request, page.next_cursor),
                "previous": pagination.url_of_page(request, page.previous_cursor),
            }
        )

    @extend_schema(request=serializers.RunSubmit, responses={201: serializers.RunDetailAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.RunSubmit, request.data)
        parent = _parent(request, values.pop("parent"))
        run = submit_run(request, self.workspace, values, parent)
        return Response(shown(run), status=201)


class StartRun(WorkspaceAPIView):
    """A script or notebook opens a run of its own."""

    policy: ClassVar = {"POST": Permission.RUN_SUBMIT}

    @extend_schema(request=serializers.RunStart, responses={201: serializers.RunDetailAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.RunStart, request.data)
        values["parent"] = _parent(request, values["parent"])
        if values["parent"] is not None:
            values["experiment"] = values["experiment"] or values["parent"].experiment.path
        run = attached.start_run(actor=request.user, workspace=self.workspace, **values)
        return Response(shown(run), status=201)


class RunDetail(WorkspaceAPIView):
    # A run's own token may describe its run: it holds run:log, not run:edit. People who hold the one hold the other.
    policy: ClassVar = {"GET": Permission.RUN_VIEW, "PATCH": Permission.RUN_LOG}

    @extend_schema(responses={200: serializers.RunDetailAnswer})
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        return Response(shown(access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)))

    @extend_schema(request=serializers.RunEdit, responses={200: serializers.RunDetailAnswer})
    def patch(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_LOG)
        values = fields.clean(serializers.RunEdit, request.data)
        if "is_archived" in values:
            access.require(request, Permission.RUN_ARCHIVE, self.workspace)
        records.edit_run(actor=request.user, run=run, **values)
        return Response(shown(run))


class SubmitRun(WorkspaceAPIView):
    """A run that waits to be started joins its queue."""

    policy: ClassVar = {"POST": Permission.RUN_SUBMIT}

    @extend_schema(request=None, responses={200: serializers.RunDetailAnswer})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_SUBMIT)
        return Response(shown(lifecycle.queue_run(actor=request.user, run=run)))


class StopRun(WorkspaceAPIView):
    policy: ClassVar = {"POST": Permission.RUN_STOP}

    @extend_schema(request=None, responses={200: serializers.RunDetailAnswer})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_STOP)
        return Response(shown(lifecycle.stop_run(actor=request.user, run=run)))


class CloneRun(WorkspaceAPIView):
    """The same code, environment and inputs again, with other values."""

    policy: ClassVar = {"POST": Permission.RUN_SUBMIT}

    @extend_schema(request=serializers.RunClone, responses={201: serializers.RunDetailAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        values = fields.clean(serializers.RunClone, request.data)
        clone = lifecycle.clone_run(
            actor=request.user,
            run=run,
            overrides=values["set"],
            name=values["name"],
            queue=values["submit"],
            open_secrets=secret_values.open_to(request.auth),
        )
        return Response(shown(clone), status=201)


class FinishRun(WorkspaceAPIView):
    """An attached run says how it ended."""

    policy: ClassVar = {"POST": Permission.RUN_LOG}

    @extend_schema(request=serializers.RunFinish, responses={200: serializers.RunDetailAnswer})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_LOG)
        values = fields.clean(serializers.RunFinish, request.data)
        return Response(shown(attached.finish_run(actor=request.user, run=run, **values)))


class CompareRuns(WorkspaceAPIView):
    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("ids", str, required=True, description="run ids with commas between")],
        responses={200: serializers.CompareAnswer},
    )
    def get(self, request: Request, workspace: str) -> Response:
        ids = reading.run_ids(request.GET.get("ids", ""), most=compare_queries.MAX_RUNS)
        found = {run.pk: run for run in queries.in_workspace(self.workspace).filter(pk__in=ids)}
        if len(found) != len(ids):
            raise NotFound("not_found", "One of these runs is not here, or is not yours to see.")
        runs = [found[run_id] for run_id in ids]
        return Response(shapes.comparison(compare_queries.compare(runs), queries.rows_of(runs)))


class WhyDifferent(WorkspaceAPIView):
    """What differs between a run and a baseline, the likeliest reason for the metric's difference first."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter("baseline", str, required=True, description="the id of the run to compare with"),
            OpenApiParameter("metric", str, description="the metric asked about; without it, the one that moved most"),
        ],
        responses={200: serializers.WhyAnswer},
    )
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        baseline = access.get_or_404(request, Run, request.GET.get("baseline", ""), Permission.RUN_VIEW)
        found = why_queries.why(run, baseline, request.GET.get("metric", ""))
        return Response(shapes.why(found))


def shown(run: Run) -> dict[str, Any]:
    """The whole run, read again: services change more than the object they were given."""
    fresh = queries.one(run.pk)
    return shapes.run_detail(queries.run_detail(fresh), queries.rows_of([fresh])[0])


def _parent(request: Request, run_id: str | None) -> Run | None:
    """The run a new one hangs below: a job's token may only name its own runs."""
    return access.get_or_404(request, Run, run_id, Permission.RUN_LOG) if run_id else None
