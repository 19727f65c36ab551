"""REST paths of metrics and logs, below what `studio/api_urls.py` names."""

from django.urls import path

from runs.tracking import logs_api
from runs.tracking.metrics import api

urlpatterns = [
    path("metrics/keys", api.Keys.as_view(), name="api-metric-keys"),
    path("metrics/buckets", api.Buckets.as_view(), name="api-metric-buckets"),
    path("runs/<str:run_id>/ingest", api.Ingest.as_view(), name="api-ingest"),
    path("runs/<str:run_id>/metrics", api.Summaries.as_view(), name="api-run-metrics"),
    path("runs/<str:run_id>/metrics/points", api.Points.as_view(), name="api-run-points"),
    path("runs/<str:run_id>/metrics/buckets", api.RunBuckets.as_view(), name="api-run-buckets"),
    path("runs/<str:run_id>/log", logs_api.RunLog.as_view(), name="api-run-log"),
    path("runs/<str:run_id>/log/search", logs_api.RunLogSearch.as_view(), name="api-run-log-search"),
    path("runs/<str:run_id>/log/raw", logs_api.RunLogRaw.as_view(), name="api-run-log-raw"),
]
