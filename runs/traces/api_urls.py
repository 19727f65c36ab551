"""REST paths of traces, below `/workspaces/<workspace>/`."""

from django.urls import URLPattern, path

from runs.traces import api

urlpatterns: list[URLPattern] = [
    path("traces", api.Traces.as_view(), name="api-traces"),
    path("traces/delete", api.TracesDelete.as_view(), name="api-traces-delete"),
    path("traces/<str:trace_id>", api.TraceDetail.as_view(), name="api-trace"),
    path("traces/<str:trace_id>/assessments", api.TraceAssessments.as_view(), name="api-trace-assessments"),
]
