"""Traces over REST."""

from typing import ClassVar, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.traces import queries, search, serializers
from runs.traces.models import Trace
from runs.traces.services import assessments, records
from runs.traces.services.assessments import Verdict
from runs.tracking.models import Experiment, Run
from studio import access
from studio.access import Permission
from studio.accounts.models import User
from studio.api import fields, pagination
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid


class Traces(WorkspaceAPIView):
    """The workspace's traces, the newest first unless `order` says otherwise."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        operation_id="traces_list",
        parameters=[
            OpenApiParameter("filter", str, description="in the search language: status = 'ERROR'"),
            OpenApiParameter("experiment", str, description="its path"),
            OpenApiParameter("run", str, description="a run's id"),
            OpenApiParameter("order", str, description="execution_time DESC"),
            OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
        responses={200: serializers.TraceListAnswer},
    )
    def get(self, request: Request, workspace: str) -> Response:
        found = search.find(self.workspace, self._query(request))
        following = None
        if found.next_token:
            query = pagination.query_with(request.GET, cursor=found.next_token)
            following = request.build_absolute_uri(f"{request.path}?{query}")
        rows = [serializers.trace(facts) for facts in queries.facts_by_pk(found.ids)]
        return Response({"results": rows, "next": following, "previous": None})

    def _query(self, request: Request) -> search.Query:
        path, run_id = request.GET.get("experiment"), request.GET.get("run", "")
        experiment = (
            access.get_or_404(request, Experiment, None, Permission.EXPERIMENT_VIEW, path=path) if path else None
        )
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW) if run_id else None
        return search.Query(
            filter=request.GET.get("filter", ""),
            experiments=(experiment.pk,) if experiment else None,
            run_id=run.pk if run else "",
            order=request.GET.get("order", ""),
            limit=pagination.limit_of(request.GET),
            token=request.GET.get("cursor", ""),
            person=request.user,
        )


class TracesDelete(WorkspaceAPIView):
    """Deletes traces at once and for good: by their ids, or an experiment's that began until a time."""

    policy: ClassVar = {"POST": Permission.RUN_DELETE}

    @extend_schema(request=serializers.TracesDelete, responses={200: serializers.TracesDeleted})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.TracesDelete, request.data)
        if values.get("ids"):
            count = records.delete_by_id(actor=request.user, workspace=self.workspace, trace_ids=values["ids"])
            return Response({"deleted": count})
        if "experiment" not in values or "until_ms" not in values:
            message = "Give ids, or experiment and until_ms."
            raise Invalid("bad_parameter", message, fields={"ids": message})
        experiment = access.get_or_404(request, Experiment, None, Permission.EXPERIMENT_VIEW, path=values["experiment"])
        count = records.delete_before(
            actor=request.user, experiment=experiment, until_ms=values["until_ms"], limit=values.get("limit")
        )
        return Response({"deleted": count})


class TraceDetail(WorkspaceAPIView):
    """One trace with its spans."""

    policy: ClassVar = {
        "GET": Permission.RUN_VIEW,
        "PATCH": Permission.RUN_LOG,
        "DELETE": Permission.RUN_DELETE,
    }

    @extend_schema(responses={200: serializers.WholeTraceAnswer})
    def get(self, request: Request, workspace: str, trace_id: str) -> Response:
        trace = access.get_or_404(request, Trace, None, Permission.RUN_VIEW, trace_id=trace_id)
        return self._whole(trace)

    @extend_schema(request=serializers.TraceEdit, responses={200: serializers.WholeTraceAnswer})
    def patch(self, request: Request, workspace: str, trace_id: str) -> Response:
        trace = access.get_or_404(request, Trace, None, Permission.RUN_LOG, trace_id=trace_id)
        records.edit_tags(actor=request.user, trace=trace, **fields.clean(serializers.TraceEdit, request.data))
        return self._whole(trace)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, trace_id: str) -> Response:
        trace = access.get_or_404(request, Trace, None, Permission.RUN_DELETE, trace_id=trace_id)
        records.delete_by_id(actor=request.user, workspace=self.workspace, trace_ids=[trace.trace_id])
        return Response(status=204)

    def _whole(self, trace: Trace) -> Response:
        spans = [serializers.span(span) for span in queries.spans_of(trace)]
        return Response({**serializers.trace(queries.facts_of([trace])[0]), "spans": spans})


class TraceAssessments(WorkspaceAPIView):
    """What was said of a trace."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW, "POST": Permission.RUN_LOG}

    @extend_schema(responses={200: serializers.AssessmentListAnswer})
    def get(self, request: Request, workspace: str, trace_id: str) -> Response:
        trace = access.get_or_404(request, Trace, None, Permission.RUN_VIEW, trace_id=trace_id)
        rows = queries.facts_of([trace])[0].assessments
        return Response({"results": [serializers.assessment(row) for row in rows]})

    @extend_schema(request=serializers.AssessmentGiven, responses={201: serializers.AssessmentAnswer})
    def post(self, request: Request, workspace: str, trace_id: str) -> Response:
        trace = access.get_or_404(request, Trace, None, Permission.RUN_LOG, trace_id=trace_id)
        values = fields.clean(serializers.AssessmentGiven, request.data)
        if values["source_type"] == assessments.HUMAN:
            values["source_id"] = values["source_id"] or cast(User, request.user).email
        row = assessments.assess(actor=request.user, trace=trace, verdict=Verdict(**values))
        return Response(serializers.assessment(row), status=201)
