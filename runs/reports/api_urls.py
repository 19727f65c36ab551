"""REST paths of reports, below a workspace."""

from django.urls import path

from runs.reports import api

urlpatterns = [
    path("reports", api.Reports.as_view(), name="api-reports"),
    path("reports/<str:report_id>", api.ReportDetail.as_view(), name="api-report"),
    path("reports/<str:report_id>/versions", api.ReportVersions.as_view(), name="api-report-versions"),
    path("reports/<str:report_id>/versions/<int:version>", api.ReportVersion.as_view(), name="api-report-version"),
    path("reports/<str:report_id>/pdf", api.ReportPdf.as_view(), name="api-report-pdf"),
]
