"""Pages of reports, below `/w/<workspace>/`."""

from django.urls import path

from runs.reports import views

urlpatterns = [
    path("reports/", views.report_list, name="report-list"),
    path("reports/new/", views.report_new, name="report-new"),
    path("reports/preview/", views.report_preview, name="report-preview"),
    path("reports/<str:report_id>/", views.report_page, name="report"),
    path("reports/<str:report_id>/edit/", views.report_edit, name="report-edit"),
    path("reports/<str:report_id>/publish/", views.report_publish, name="report-publish"),
    path("reports/<str:report_id>/delete/", views.report_delete, name="report-delete"),
    path("reports/<str:report_id>/pdf/", views.report_pdf, name="report-pdf"),
    path("reports/<str:report_id>/charts/<int:number>/", views.report_chart, name="report-chart"),
    path("reports/<str:report_id>/versions/<int:version>/", views.report_version, name="report-version"),
]
