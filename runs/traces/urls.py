"""Pages of traces, below `/w/<workspace>/`."""

from django.urls import URLPattern, path

from runs.traces import views

urlpatterns: list[URLPattern] = [
    path("traces/", views.trace_list, name="trace-list"),
    path("traces/<str:trace_id>/", views.trace_detail, name="trace"),
    path("traces/<str:trace_id>/spans/<str:span_id>/", views.trace_span, name="trace-span"),
    path("traces/<str:trace_id>/assess/", views.trace_assess, name="trace-assess"),
    path("traces/<str:trace_id>/delete/", views.trace_delete, name="trace-delete"),
    path("runs/<str:run_id>/traces/", views.run_traces, name="run-traces"),
]
