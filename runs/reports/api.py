"""Reports over REST."""

from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.reports import pages, pdf, queries, reading, serializers, services, shapes
from studio import access
from studio.access import Permission
from studio.api import fields, listing, pagination
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView


class Reports(WorkspaceAPIView):
    """The reports of the workspace, without their texts; posting writes a new draft."""

    policy: ClassVar = {"GET": Permission.REPORT_VIEW, "POST": Permission.REPORT_EDIT}

    @extend_schema(operation_id="reports_list", responses={200: serializers.ReportList})
    def get(self, request: Request, workspace: str) -> Response:
        with_drafts = access.allows(request, Permission.REPORT_EDIT, self.workspace)
        rows = queries.reports_in(self.workspace, with_drafts=with_drafts)
        results = [shapes.report(row, with_body=False) for row in rows]
        return Response({"results": results, "next": None, "previous": None})

    @extend_schema(request=serializers.ReportCreate, responses={201: serializers.ReportAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.ReportCreate, request.data)
        is_published = values.pop("publish")
        report = services.create_report(actor=request.user, workspace=self.workspace, **values)
        if is_published:
            report = services.publish_report(actor=request.user, report=report)
        return Response(shapes.report(report), status=201)


class ReportDetail(WorkspaceAPIView):
    """One report with its text."""

    policy: ClassVar = {
        "GET": Permission.REPORT_VIEW,
        "PATCH": Permission.REPORT_EDIT,
        "DELETE": Permission.REPORT_EDIT,
    }

    @extend_schema(responses={200: serializers.ReportAnswer})
    def get(self, request: Request, workspace: str, report_id: str) -> Response:
        return Response(shapes.report(reading.report_or_404(request, report_id)))

    @extend_schema(request=serializers.ReportEdit, responses={200: serializers.ReportAnswer})
    def patch(self, request: Request, workspace: str, report_id: str) -> Response:
        report = reading.report_or_404(request, report_id, Permission.REPORT_EDIT)
        values = fields.clean(serializers.ReportEdit, request.data)
        is_published = values.pop("publish", None)
        if values.keys() & {"title", "body"}:
            version = values.pop("version", report.version)
            report = services.save_report(actor=request.user, report=report, version=version, **values)
        if is_published is not None:
            report = services.publish_report(actor=request.user, report=report, is_published=is_published)
        return Response(shapes.report(report))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, report_id: str) -> Response:
        report = reading.report_or_404(request, report_id, Permission.REPORT_EDIT)
        services.delete_report(actor=request.user, report=report)
        return Response(status=204)


class ReportVersions(WorkspaceAPIView):
    """The report's earlier versions, newest first, without their texts; for those who write it."""

    policy: ClassVar = {"GET": Permission.REPORT_EDIT}

    @extend_schema(
        operation_id="report_versions_list",
        parameters=listing.PAGE,
        responses={200: serializers.ReportVersionList},
    )
    def get(self, request: Request, workspace: str, report_id: str) -> Response:
        report = reading.report_or_404(request, report_id, Permission.REPORT_EDIT)
        rows = queries.revisions_of(report)
        return Response(
            pagination.answer(
                request, rows, order=("-version",), show=lambda row: shapes.revision(row, with_body=False)
            )
        )


class ReportVersion(WorkspaceAPIView):
    """One earlier version with its text."""

    policy: ClassVar = {"GET": Permission.REPORT_EDIT}

    @extend_schema(responses={200: serializers.ReportVersionAnswer})
    def get(self, request: Request, workspace: str, report_id: str, version: int) -> Response:
        report = reading.report_or_404(request, report_id, Permission.REPORT_EDIT)
        return Response(shapes.revision(queries.revision(report, version)))


class ReportPdf(WorkspaceAPIView):
    """The report as a PDF, its charts and tables as they are now."""

    policy: ClassVar = {"GET": Permission.REPORT_VIEW}

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, workspace: str, report_id: str) -> HttpResponse:
        report = reading.report_or_404(request, report_id)
        return pdf.download(report, pages.parts(report.workspace, report.body, request.user))
