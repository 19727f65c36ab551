"""Paths of this group."""

from django.urls import URLPattern, path

from runs.mlflow_api.traces import assessments, documents, exports, metrics, traces

V2: list[URLPattern] = [
    path("get-trace-artifact", documents.Document.as_view(), name="mlflow-older-trace-artifact"),
    path("traces", traces.OlderTraces.as_view(), name="mlflow-older-traces"),
    path("traces/delete-traces", traces.DeleteTraces.as_view(), name="mlflow-older-traces-delete"),
    path("traces/link-to-run", traces.LinkToRun.as_view(), name="mlflow-traces-link-to-run"),
    path("traces/link-prompts", traces.LinkPrompts.as_view(), name="mlflow-traces-link-prompts"),
    path("traces/<str:trace_id>", traces.OlderTrace.as_view(), name="mlflow-older-trace"),
    path("traces/<str:trace_id>/info", traces.OlderTraceInfo.as_view(), name="mlflow-older-trace-info"),
    path("traces/<str:trace_id>/tags", traces.TraceTags.as_view(), name="mlflow-older-trace-tags"),
]
V3: list[URLPattern] = [
    path("get-trace-artifact", documents.Document.as_view(), name="mlflow-trace-artifact"),
    path("traces", traces.Traces.as_view(), name="mlflow-traces"),
    path("traces/search", traces.TraceSearch.as_view(), name="mlflow-traces-search"),
    path("traces/delete-traces", traces.DeleteTraces.as_view(), name="mlflow-traces-delete"),
    path("traces/get", traces.WholeTrace.as_view(), name="mlflow-traces-get"),
    path("traces/batchGet", traces.TraceBatch.as_view(), name="mlflow-traces-batch"),
    path("traces/batchGetInfos", traces.TraceInfoBatch.as_view(), name="mlflow-traces-batch-infos"),
    path("traces/metrics", metrics.TraceMetrics.as_view(), name="mlflow-traces-metrics"),
    path("traces/calculate-filter-correlation", metrics.FilterCorrelation.as_view(), name="mlflow-traces-correlation"),
    path("traces/<str:trace_id>", traces.OneTrace.as_view(), name="mlflow-trace"),
    path("traces/<str:trace_id>/tags", traces.TraceTags.as_view(), name="mlflow-trace-tags"),
    path("traces/<str:trace_id>/assessments", assessments.Assessments.as_view(), name="mlflow-assessments"),
    path(
        "traces/<str:trace_id>/assessments/<str:assessment_id>",
        assessments.OneAssessment.as_view(),
        name="mlflow-assessment",
    ),
]
OTLP: list[URLPattern] = [path("traces", exports.Export.as_view(), name="mlflow-otlp-traces")]
