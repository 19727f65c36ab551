"""Samples and drift reports over REST."""

from datetime import timedelta
from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.endpoints import collecting
from registry.endpoints.api.frame import EDIT, VIEW, EndpointView
from registry.endpoints.monitoring import queries, serializers, services
from studio.api import fields, listing, pagination


class Collector(EndpointView):
    """What of requests and answers is kept, and what lies in the datastore."""

    policy: ClassVar = {"GET": VIEW, "PUT": EDIT}

    @extend_schema(responses={200: serializers.CollectorAnswer})
    def get(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        return Response(serializers.collector(self.deployment(request, name, deployment)))

    @extend_schema(request=serializers.CollectorBody, responses={200: serializers.CollectorAnswer})
    def put(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        found = self.deployment(request, name, deployment)
        given = fields.clean(serializers.CollectorBody, request.data)
        if given:
            given.setdefault("collections", {name: {} for name in collecting.USUAL})
        services.set_collector(actor=request.user, deployment=found, given=given)
        return Response(serializers.collector(queries.fresh(found)))


class DriftReports(EndpointView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(
        operation_id="drift_reports_list", parameters=listing.PAGE, responses={200: serializers.DriftReportList}
    )
    def get(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        rows = queries.reports_of(self.deployment(request, name, deployment))
        return Response(pagination.answer(request, rows, order=("-created_at", "-id"), show=serializers.report))

    @extend_schema(request=serializers.NewDriftReport, responses={201: serializers.DriftReportAnswer})
    def post(self, request: Request, workspace: str, name: str, deployment: str) -> Response:
        found = self.deployment(request, name, deployment)
        values = fields.clean(serializers.NewDriftReport, request.data)
        until = values["until"] or timezone.now()
        made = services.request_report(
            actor=request.user,
            deployment=found,
            reference=values["against"],
            since=values["since"] or until - timedelta(days=values["days"]),
            until=until,
        )
        return Response(serializers.report(made), status=201)


class DriftReport(EndpointView):
    policy: ClassVar = {"GET": VIEW, "DELETE": EDIT}

    @extend_schema(operation_id="drift_report", responses={200: serializers.DriftReportAnswer})
    def get(self, request: Request, workspace: str, name: str, deployment: str, pk: str) -> Response:
        return Response(serializers.report(queries.report_at(self.deployment(request, name, deployment), pk)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, deployment: str, pk: str) -> Response:
        """The report alone: what was collected stays."""
        found = queries.report_at(self.deployment(request, name, deployment), pk)
        services.delete_report(actor=request.user, report=found)
        return Response(status=204)
