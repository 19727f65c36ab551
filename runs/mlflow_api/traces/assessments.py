"""Assessments of a trace: give, read, correct, take away."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api import fields
from runs.mlflow_api.traces import reading, writing
from runs.mlflow_api.traces.traces import TracesView
from runs.traces.services import assessments
from studio.access import Permission


class Assessments(TracesView):
    policy: ClassVar = {"POST": Permission.RUN_LOG}

    def post(self, request: Request, workspace: str, trace_id: str) -> Response:
        trace = self.trace(request, trace_id, Permission.RUN_LOG)
        verdict = reading.verdict(fields.plain(request.data).get("assessment"))
        row = assessments.assess(actor=self.person, trace=trace, verdict=verdict)
        return Response({"assessment": writing.assessment(row, trace.trace_id)})


class OneAssessment(TracesView):
    policy: ClassVar = {"GET": Permission.RUN_VIEW, "PATCH": Permission.RUN_LOG, "DELETE": Permission.RUN_LOG}

    def get(self, request: Request, workspace: str, trace_id: str, assessment_id: str) -> Response:
        trace = self.trace(request, trace_id, Permission.RUN_VIEW)
        return Response({"assessment": writing.assessment(assessments.one(trace, assessment_id), trace.trace_id)})

    def patch(self, request: Request, workspace: str, trace_id: str, assessment_id: str) -> Response:
        trace = self.trace(request, trace_id, Permission.RUN_LOG)
        row = assessments.correct(
            actor=self.person,
            assessment=assessments.one(trace, assessment_id),
            correction=reading.correction(fields.plain(request.data)),
        )
        return Response({"assessment": writing.assessment(row, trace.trace_id)})

    def delete(self, request: Request, workspace: str, trace_id: str, assessment_id: str) -> Response:
        trace = self.trace(request, trace_id, Permission.RUN_LOG)
        assessments.remove(actor=self.person, trace=trace, assessment_id=assessment_id)
        return Response({})
