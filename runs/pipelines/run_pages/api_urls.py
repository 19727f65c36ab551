"""REST of what a pipeline's run left, below `/api/v1/workspaces/<workspace>/`."""

from django.urls import path

from runs.pipelines.inference import api as inference
from runs.pipelines.run_pages import api

RUN = "pipeline-runs/<str:run_id>/"
OUTPUT = RUN + "steps/<str:step>/outputs/<str:port>"

urlpatterns = [
    path(RUN + "compare", api.Compare.as_view(), name="api-pipeline-run-compare"),
    path(RUN + "inference", inference.Inference.as_view(), name="api-pipeline-run-inference"),
    path(OUTPUT, api.Output.as_view(), name="api-step-output"),
    path(OUTPUT + "/rows", api.OutputRows.as_view(), name="api-step-output-rows"),
    path(OUTPUT + "/sql", api.OutputSql.as_view(), name="api-step-output-sql"),
    path(OUTPUT + "/sketch", api.OutputSketch.as_view(), name="api-step-output-sketch"),
    path(OUTPUT + "/chart", api.OutputChart.as_view(), name="api-step-output-chart"),
]
