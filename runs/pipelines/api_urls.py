"""REST paths of pipelines, below what `studio/api_urls.py` names."""

from django.urls import path

from runs.pipelines.deploying import api as deploying
from runs.pipelines.drafts import api as drafts
from runs.pipelines.inference import api as inference
from runs.pipelines.publishing import api as publishing

PIPELINE = "pipelines/<int:pk>"
ENDPOINT = "pipeline-endpoints/<str:name>"

urlpatterns = [
    path("pipelines", drafts.Pipelines.as_view(), name="api-pipelines"),
    path(PIPELINE, drafts.OnePipeline.as_view(), name="api-pipeline"),
    path(f"{PIPELINE}/draft", drafts.Draft.as_view(), name="api-pipeline-draft"),
    path(f"{PIPELINE}/versions", drafts.Versions.as_view(), name="api-pipeline-versions"),
    path(f"{PIPELINE}/versions/<int:number>", drafts.Version.as_view(), name="api-pipeline-version"),
    path(f"{PIPELINE}/versions/<int:number>/restore", drafts.Restore.as_view(), name="api-pipeline-restore"),
    path(f"{PIPELINE}/compare", drafts.Compare.as_view(), name="api-pipeline-compare"),
    path(f"{PIPELINE}/clone", drafts.Clone.as_view(), name="api-pipeline-clone"),
    path(f"{PIPELINE}/run", drafts.Run.as_view(), name="api-pipeline-run"),
    path(f"{PIPELINE}/model", inference.PipelineModel.as_view(), name="api-pipeline-model"),
    path(f"{PIPELINE}/presence", drafts.Presence.as_view(), name="api-pipeline-presence"),
    path("pipeline-samples", drafts.Samples.as_view(), name="api-pipeline-samples"),
    path("pipeline-endpoints", publishing.Endpoints.as_view(), name="api-pipeline-endpoints"),
    path(ENDPOINT, publishing.Endpoint.as_view(), name="api-pipeline-endpoint"),
    path(f"{ENDPOINT}/versions", publishing.Versions.as_view(), name="api-pipeline-endpoint-versions"),
    path(f"{ENDPOINT}/versions/<int:number>", publishing.Version.as_view(), name="api-pipeline-endpoint-version"),
    path(f"{ENDPOINT}/runs", publishing.Calls.as_view(), name="api-pipeline-endpoint-runs"),
    path("jobs/<int:pk>/deployment", deploying.JobDeployment.as_view(), name="api-job-deployment"),
]
