"""REST paths of pipeline files, below what `studio/api_urls.py` names."""

from django.urls import path

from runs.pipelines.document import api

urlpatterns = [
    path("pipeline-check", api.CheckPipeline.as_view(), name="api-pipeline-check"),
    path("pipeline-text", api.TranslatePipeline.as_view(), name="api-pipeline-text"),
    path("pipeline-columns", api.PipelineColumns.as_view(), name="api-pipeline-columns"),
]
