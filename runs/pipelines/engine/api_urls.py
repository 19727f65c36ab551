"""REST of pipeline runs, below `/api/v1/workspaces/<workspace>/`."""

from django.urls import path

from runs.pipelines.engine import api

urlpatterns = [
    path("pipeline-runs/<str:run_id>", api.OnePipelineRun.as_view(), name="api-pipeline-run-steps"),
    path("pipeline-runs/<str:run_id>/rerun", api.Rerun.as_view(), name="api-pipeline-run-rerun"),
]
