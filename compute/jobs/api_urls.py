"""REST paths of this feature, below what `studio/api_urls.py` names."""

from django.urls import path

from compute.jobs import api

urlpatterns = [
    path("jobs/<int:pk>/spec", api.JobSpecView.as_view(), name="api-job-spec"),
    path("jobs/<int:pk>/secrets/<str:name>", api.JobSecretView.as_view(), name="api-job-secret"),
    path("jobs/<int:pk>/state", api.JobStateView.as_view(), name="api-job-state"),
    path("jobs/<int:pk>/heartbeat", api.HeartbeatView.as_view(), name="api-job-heartbeat"),
    path("jobs/<int:pk>/log", api.JobLogView.as_view(), name="api-job-log"),
    path("jobs/<int:pk>/finish", api.JobFinishView.as_view(), name="api-job-finish"),
]
