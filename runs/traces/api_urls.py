"""REST paths of traces, below `/workspaces/<workspace>/`."""

from django.urls import URLPattern, path

from runs.traces import api, search_api

urlpatterns: list[URLPattern] = [
    path("search/traces/fields", search_api.SearchFields.as_view(), name="api-search-traces-fields"),
    path("search/traces/parse", search_api.SearchParse.as_view(), name="api-search-traces-parse"),
    path("traces", api.Traces.as_view(), name="api-traces"),
    path("traces/delete", api.TracesDelete.as_view(), name="api-traces-delete"),
    path("traces/<str:trace_id>", api.TraceDetail.as_view(), name="api-trace"),
    path("traces/<str:trace_id>/assessments", api.TraceAssessments.as_view(), name="api-trace-assessments"),
]
